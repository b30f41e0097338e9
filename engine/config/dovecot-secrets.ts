/** What doveconf does not show of a configuration that one may send to a mailing list. doveconf(1), -P. */
const secretNames = new Set(['auth_policy_hash_nonce', 'ssl_dh'])

export const isSecret = (name: string): boolean =>
  secretNames.has(name) || /(?:^|_)password$|_key(?:_password)?$/.test(name)

/** `password=secret uid=5` without its secret. */
export const hideSecrets = (value: string): string =>
  value.replace(/(?<![a-z])((?:key|secret|pass|password)\s*)=[^\s:;]*/g, '$1=#hidden_use-P_to_show#')
