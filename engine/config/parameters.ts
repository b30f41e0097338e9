/**
 * Every parameter of Postfix 3.7: its name, default, type, who reads it, and what it means.
 *
 * postconf(5). The rows are in `parameters/`, a file for each part of the mail system.
 */
import type { Parameter } from '#config/parameters/parameter.ts'
import { rest } from '#config/parameters/rest.ts'

export type { Parameter, ParameterType } from '#config/parameters/parameter.ts'

/** In the order of `postconf -d`. */
export const parameters: readonly Parameter[] = [...rest].sort((a, b) => (a.name < b.name ? -1 : 1))

const byName: ReadonlyMap<string, Parameter> = new Map(parameters.map((row) => [row.name, row]))

export const parameter = (name: string): Parameter | null => byName.get(name) ?? null
