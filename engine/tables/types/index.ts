/** The types of table that main.cf may name. `proxy:` and `unix:` are of the host: engine/mta/maps.ts has them. */
import type { TableType } from '../type.ts'
import { cidr } from './cidr.ts'
import { environ } from './environ.ts'
import { fail } from './fail.ts'
import { btree, hash } from './hash.ts'
import { inline } from './inline.ts'
import { pcre } from './pcre.ts'
import { pipemap } from './pipemap.ts'
import { randmap } from './randmap.ts'
import { regexp } from './regexp.ts'
import { staticTable } from './static.ts'
import { texthash } from './texthash.ts'
import { unionmap } from './unionmap.ts'

export const tableTypes: ReadonlyMap<string, TableType> = new Map(
  [
    btree,
    cidr,
    environ,
    fail,
    hash,
    inline,
    pcre,
    pipemap,
    randmap,
    regexp,
    staticTable,
    texthash,
    unionmap,
  ].map((type) => [type.type, type]),
)
