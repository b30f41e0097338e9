/** What explains a reply, in English. */
import { causes } from './causes.en.ts'
import { flips } from './flips.en.ts'
import { imap } from './imap.en.ts'
import { meanings } from './meanings.en.ts'
import { route } from './route.en.ts'
import { restrictions } from './restrictions.en.ts'
import type { Words } from './words.ts'

export const en: Words = { imap, meanings, restrictions, route, causes, flips }
