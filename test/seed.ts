/**
 * The properties try the same inputs at every run, so that a run that passed passes again.
 * `SEED=random npm run test:unit` (or a number) looks elsewhere: what it finds becomes a case of its own.
 */
import fc from 'fast-check'

const asked = process.env.SEED
fc.configureGlobal({ seed: asked === undefined ? 5321 : asked === 'random' ? Date.now() : Number(asked) })
