/**
 * What main.cf and master.cf say, for one service: every parameter of Postfix by its own name, with its default,
 * `$name` expanded. A session keeps the settings it began with; a reload makes new ones.
 *
 * postconf(5). A value that cannot be read as its type throws a SettingError with Postfix's own fatal words.
 */
export interface Settings {
  /** The expanded value. A name that is neither set nor known gives ''. */
  text(name: string): string
  /** Split at commas and white space, `{ … }` kept together. */
  list(name: string): readonly string[]
  /** yes or no. */
  flag(name: string): boolean
  number(name: string): number
  /** Milliseconds, from `10s`, `5m`, `1h`, `5d`, `1w` and the parameter's own default unit. */
  time(name: string): number
  /** Whether main.cf, or `-o` in master.cf, gives the parameter. */
  isSet(name: string): boolean
  /** Expands `$name`, `${name?text}` in a text that is not itself a parameter. */
  expand(text: string): string
  /** main.cf line of the parameter, for explanations; null when the default holds. */
  where(name: string): { file: string; line: number } | null
}

export class SettingError extends Error {}

/** A value whose `$name` cannot be read: a warning says what is wrong, and then the program ends with fixed words. */
export class MacroSettingError extends SettingError {
  readonly fatal = 'dictionary mail_dict: macro processing error'
}
