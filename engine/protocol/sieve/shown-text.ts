/** A text of a stranger as a log shows it: on one line, and not too long. One character a byte, UTF-8. */
export function shownText(text: string, longest: number): string {
  const characters =
    text.match(/[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[^]/g) ?? []
  let whole = ''
  for (const [i, character] of characters.entries()) {
    if (i >= longest)
      return `${characters
        .slice(0, longest - 3)
        .map(shown)
        .join('')}...`
    // A character that was cut off.
    if (isBeginning(character) && i >= characters.length - 3 && cutOff(characters.slice(i)))
      return `${whole}...`
    whole += shown(character)
  }
  return whole
}

const isBeginning = (character: string): boolean =>
  character.length === 1 && character >= '\xc2' && character <= '\xf4'

function cutOff(rest: readonly string[]): boolean {
  const first = (rest[0] ?? '').charCodeAt(0)
  const wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  return (
    rest.length < wanted && rest.slice(1).every((one) => one.length === 1 && one >= '\x80' && one <= '\xbf')
  )
}

const shown = (character: string): string =>
  character.length > 1 ? character : character < ' ' || character >= '\x7f' ? '?' : character
