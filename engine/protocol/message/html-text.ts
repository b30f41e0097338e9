/**
 * What a person reads of HTML: no tags, scripts or styles; what is quoted is kept apart.
 *
 * HTML 4.01 §24 (character entities). The manner is Dovecot's: any tag is a blank.
 */
type Piece =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'tag'; readonly name: string }

export type ReadText = { readonly own: string; readonly quoted: string }

const deepestQuote = 1000

/** The writer's own words, and those of others, which stand in quotes. */
export function readHtml(html: string): ReadText {
  const texts = { own: '', quoted: '' }
  let quotes = 0
  for (const piece of pieces(html)) {
    if (piece.kind === 'tag' && piece.name === 'blockquote' && quotes < deepestQuote) quotes++
    if (piece.kind === 'tag' && piece.name === '/blockquote' && quotes > 0) quotes--
    texts[quotes > 0 ? 'quoted' : 'own'] += piece.kind === 'tag' ? ' ' : piece.text
  }
  return texts
}

/** As a plain text: a quote begins and ends on lines of its own, blanks that tags would add to blanks are left out. */
export function plainTextOf(html: string): string {
  let text = ''
  for (const piece of pieces(html)) {
    if (piece.kind === 'text') text += piece.text
    else if (piece.name === 'blockquote') text += '\n> '
    else if (piece.name === '/blockquote') text += '\n'
    else if (text !== '' && !/\s$/.test(text)) text += ' '
  }
  return text
}

function* pieces(html: string): Generator<Piece> {
  const lower = html.toLowerCase()
  for (let at = 0; at < html.length;) {
    const open = html.indexOf('<', at)
    yield { kind: 'text', text: withoutEntities(html.slice(at, open < 0 ? html.length : open)) }
    if (open < 0) return
    if (lower.startsWith('!--', open + 1)) {
      const end = html.indexOf('-->', open)
      if (end < 0) return
      at = end + 3
      continue
    }
    const name = /^<(\/?[a-z0-9!]{1,12})(?=[\s>])/.exec(lower.slice(open, open + 16))?.[1]
    const end = name === 'script' || name === 'style' ? endOf(lower, open, name) : endOfTag(html, open)
    if (end < 0) return
    yield { kind: 'tag', name: name ?? '' }
    at = end + 1
  }
}

function endOf(lower: string, from: number, name: string): number {
  const at = lower.indexOf(`</${name}>`, from)
  return at < 0 ? -1 : at + name.length + 2
}

/** A `>` within quotes ends no tag. */
function endOfTag(html: string, from: number): number {
  let quote = ''
  for (let at = from; at < html.length; at++) {
    const c = html.charAt(at)
    if (quote !== '') quote = c === quote ? '' : quote
    else if (c === '"' || c === "'") quote = c
    else if (c === '>') return at
  }
  return -1
}

/** One that nobody knows is nothing. */
const withoutEntities = (text: string): string =>
  text.replace(/&(#?\w{1,10});/g, (_, name: string) => {
    if (!name.startsWith('#')) return entities.get(name) ?? ''
    const hex = /^#x([0-9a-f]+)$/i.exec(name)?.[1]
    const code = hex === undefined ? Number(name.slice(1)) : parseInt(hex, 16)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ''
  })

const runs: readonly (readonly [first: number, names: string])[] = [
  [
    160,
    'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute ' +
      'micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring ' +
      'AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml ' +
      'times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil ' +
      'egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ' +
      'ugrave uacute ucirc uuml yacute thorn yuml',
  ],
  [913, 'Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho'],
  [931, 'Sigma Tau Upsilon Phi Chi Psi Omega'],
  [
    945,
    'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma tau ' +
      'upsilon phi chi psi omega',
  ],
  [8592, 'larr uarr rarr darr harr'],
  [8656, 'lArr uArr rArr dArr hArr'],
]

const singles =
  'quot:34 amp:38 apos:39 lt:60 gt:62 OElig:338 oelig:339 Scaron:352 scaron:353 Yuml:376 fnof:402 circ:710 tilde:732 ' +
  'thetasym:977 upsih:978 piv:982 ensp:8194 emsp:8195 thinsp:8201 zwnj:8204 zwj:8205 lrm:8206 rlm:8207 ndash:8211 ' +
  'mdash:8212 lsquo:8216 rsquo:8217 sbquo:8218 ldquo:8220 rdquo:8221 bdquo:8222 dagger:8224 Dagger:8225 bull:8226 ' +
  'hellip:8230 permil:8240 prime:8242 Prime:8243 lsaquo:8249 rsaquo:8250 oline:8254 frasl:8260 euro:8364 image:8465 ' +
  'weierp:8472 real:8476 trade:8482 alefsym:8501 crarr:8629 forall:8704 part:8706 exist:8707 empty:8709 nabla:8711 ' +
  'isin:8712 notin:8713 ni:8715 prod:8719 sum:8721 minus:8722 lowast:8727 radic:8730 prop:8733 infin:8734 ang:8736 ' +
  'and:8743 or:8744 cap:8745 cup:8746 int:8747 there4:8756 sim:8764 cong:8773 asymp:8776 ne:8800 equiv:8801 le:8804 ' +
  'ge:8805 sub:8834 sup:8835 nsub:8836 sube:8838 supe:8839 oplus:8853 otimes:8855 perp:8869 sdot:8901 lceil:8968 ' +
  'rceil:8969 lfloor:8970 rfloor:8971 lang:9001 rang:9002 loz:9674 spades:9824 clubs:9827 hearts:9829 diams:9830'

const entities: ReadonlyMap<string, string> = new Map([
  ...runs.flatMap(([first, names]) =>
    names.split(' ').map((name, i) => [name, String.fromCodePoint(first + i)] as const),
  ),
  ...singles.split(' ').map((pair) => {
    const [name = '', code] = pair.split(':')
    return [name, String.fromCodePoint(Number(code))] as const
  }),
])
