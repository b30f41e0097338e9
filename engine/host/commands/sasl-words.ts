/** What the programs of Cyrus SASL say of themselves. */
const product = `
This product includes software developed by Computing Services
at Carnegie Mellon University (http://www.cmu.edu/computing/).

`

export const saslUsage = (usage: string): string => product + usage

/** `-v`. */
export const saslVersion = `${product}Built against SASL API version 2.1.28
LibSasl version 2.1.28 by "Cyrus SASL"
`
