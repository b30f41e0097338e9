/** Why a recipient goes the way it goes, in Chinese. trivial-rewrite(8). */
const sentences: readonly (readonly [pattern: RegExp, words: string])[] = [
  [
    /^(\S+) is in virtual_alias_domains, and no .*$/,
    '$1 在 virtual_alias_domains 之内，而 virtual_alias_maps 中没有可用的行',
  ],
  [/^(\S+) is in (\w+): (\w+)$/, '$1 在 $2 之内：按 $3'],
  [/^(\S+) is no domain of ours: (\w+)$/, '$1 不是本机的域：按 $2'],
  [/^(.+) in (\w+_maps)$/, '$2 中的一行：$1'],
]

/** What is only the name of a setting needs no words. */
export function route(why: string): string {
  const [pattern, words] = sentences.find(([pattern]) => pattern.test(why)) ?? []
  return pattern === undefined || words === undefined ? why : why.replace(pattern, words)
}
