/**
 * Conversations: which message answers which, by Message-ID and References, or by subject.
 *
 * RFC 5256 §3 (REFERENCES, ORDEREDSUBJECT); REFS: draft-ietf-morg-inthread.
 */

const threadAlgorithms = ['REFERENCES', 'REFS', 'ORDEREDSUBJECT'] as const
export type ThreadAlgorithm = (typeof threadAlgorithms)[number]

export const isThreadAlgorithm = (name: string): name is ThreadAlgorithm =>
  (threadAlgorithms as readonly string[]).includes(name)

export type Threadable = {
  /** As it is answered: sequence number or UID. */
  readonly number: number
  readonly messageId: string | null
  readonly references: readonly string[]
  readonly subject: string
  readonly isReply: boolean
  readonly sent: number
}

/** A message, or the place of one that is not here, and what answers it. */
type Node = {
  message: Threadable | null
  parent: Node | null
  children: Node[]
  /** Somebody further above, and in which age that was found: a way up that need not be walked twice. */
  shortcut: { readonly above: Node; readonly age: number } | null
}

const newNode = (message: Threadable | null, children: Node[] = []): Node => {
  return { message, parent: null, children, shortcut: null }
}

export function threadMessages(messages: readonly Threadable[], algorithm: ThreadAlgorithm): string {
  switch (algorithm) {
    case 'ORDEREDSUBJECT':
      return bySubject(messages)
    case 'REFERENCES': {
      const roots = mergeSubjects(sorted(prune(linked(messages)), dateOf))
      return write(sorted(roots, dateOf, 'with-children'))
    }
    case 'REFS': {
      const roots = sorted(prune(linked(messages)), dateOf, 'with-children')
      return write([...roots].sort((a, b) => latest(a) - latest(b)))
    }
    default:
      return algorithm satisfies never
  }
}

function bySubject(messages: readonly Threadable[]): string {
  const threads = new Map<string, Threadable[]>()
  for (const message of [...messages].sort(inOrder)) {
    const thread = threads.get(message.subject)
    if (thread) thread.push(message)
    else threads.set(message.subject, [message])
  }
  const roots = [...threads.values()].map(([first, ...rest]) =>
    newNode(
      first ?? null,
      rest.map((message) => newNode(message)),
    ),
  )
  return write(sorted(roots, dateOf))
}

const inOrder = (a: Threadable, b: Threadable): number => a.sent - b.sent || a.number - b.number

/** Every message at its place under the last of its references. */
function linked(messages: readonly Threadable[]): Node[] {
  const byId = new Map<string, Node>()
  const all: Node[] = []
  // Another age begins when somebody leaves a tree; until then trees only grow together at their tops.
  let age = 0
  const make = (message: Threadable | null): Node => {
    const node = newNode(message)
    all.push(node)
    return node
  }
  const placeOf = (id: string): Node => {
    const known = byId.get(id)
    if (known) return known
    const node = make(null)
    byId.set(id, node)
    return node
  }
  for (const message of messages) {
    const known = message.messageId === null ? undefined : placeOf(message.messageId)
    // A second message with the same id is a message of its own.
    const node = known === undefined || known.message !== null ? make(null) : known
    node.message = message
    let parent: Node | null = null
    for (const id of message.references) {
      const next = placeOf(id)
      if (parent !== null && next.parent === null && topOf(parent, age) !== next) adopt(parent, next)
      parent = next
    }
    // What a message says of itself counts, not what others said of it: even that it answers nothing.
    if (node.parent !== null && node.parent !== parent) {
      release(node)
      age++
    }
    if (parent === null || node.parent !== null || topOf(parent, age) === node) continue
    adopt(parent, node)
  }
  return all.filter((node) => node.parent === null)
}

function adopt(parent: Node, child: Node): void {
  child.parent = parent
  parent.children.push(child)
}

function release(child: Node): void {
  if (child.parent !== null) child.parent.children = child.parent.children.filter((node) => node !== child)
  child.parent = null
}

/** The top of the tree in which `node` stands. Each walk up leaves shortcuts for the next: long threads cost no square. */
function topOf(node: Node, age: number): Node {
  const way: Node[] = []
  let at = node
  while (at.parent !== null) {
    way.push(at)
    at = at.shortcut?.age === age ? at.shortcut.above : at.parent
  }
  const shortcut = { above: at, age }
  for (const passed of way) passed.shortcut = shortcut
  return at
}

/** Places of absent messages go, where their children can do without. Walks without recursion: threads may be deep. */
function prune(roots: readonly Node[]): Node[] {
  for (const node of bottomUp(roots)) {
    const children: Node[] = []
    for (const child of node.children) {
      if (child.message !== null) children.push(child)
      else for (const grandchild of child.children) children.push(grandchild)
    }
    for (const child of children) child.parent = node
    node.children = children
  }
  return roots.flatMap((root) => {
    if (root.message !== null || root.children.length > 1) return [root]
    const [only] = root.children
    if (only === undefined) return []
    only.parent = null
    return [only]
  })
}

function bottomUp(roots: readonly Node[]): readonly Node[] {
  const order: Node[] = []
  const stack = [...roots]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    order.push(node)
    for (const child of node.children) stack.push(child)
  }
  return order.reverse()
}

type Key = (node: Node) => readonly [date: number, number: number]

/** The date of a place without a message is that of its first child. */
function dateOf(node: Node): readonly [number, number] {
  const { message } = node
  if (message !== null) return [message.sent, message.number]
  const [first] = sorted(node.children, dateOf)
  return first === undefined ? [0, 0] : dateOf(first)
}

function sorted(nodes: readonly Node[], key: Key, depth: 'these' | 'with-children' = 'these'): Node[] {
  if (depth === 'with-children') {
    for (const node of bottomUp(nodes)) node.children = sorted(node.children, key)
  }
  const keyed = nodes.map((node) => ({ node, key: key(node) }))
  keyed.sort((a, b) => a.key[0] - b.key[0] || a.key[1] - b.key[1])
  return keyed.map(({ node }) => node)
}

function latest(root: Node): number {
  let last = 0
  for (const { message } of bottomUp([root])) if (message !== null) last = Math.max(last, message.sent)
  return last
}

/** Of a place without a message its earliest child speaks. */
const messageOf = (node: Node): Threadable | null =>
  node.message ?? sorted(node.children, dateOf)[0]?.message ?? null

/** Threads with one subject are one thread. RFC 5256 §3, REFERENCES, step 5. */
function mergeSubjects(roots: readonly Node[]): Node[] {
  const bySubjectOf = new Map<string, Node>()
  for (const root of roots) {
    const message = messageOf(root)
    if (message === null || message.subject === '') continue
    const known = bySubjectOf.get(message.subject)
    const better =
      known === undefined ||
      (root.message === null && known.message !== null) ||
      (messageOf(known)?.isReply === true && !message.isReply && known.message !== null)
    if (better) bySubjectOf.set(message.subject, root)
  }
  const gone = new Set<Node>()
  const added: Node[] = []
  for (const root of roots) {
    const message = messageOf(root)
    const other = message === null ? undefined : bySubjectOf.get(message.subject)
    if (message === null || other === undefined || other === root) continue
    gone.add(root)
    if (other.message === null) {
      if (root.message === null) for (const child of root.children) adopt(other, child)
      else adopt(other, root)
    } else if (message.isReply && !other.message.isReply) {
      adopt(other, root)
    } else {
      const both = newNode(null)
      adopt(both, other)
      adopt(both, root)
      gone.add(other)
      added.push(both)
      bySubjectOf.set(message.subject, both)
    }
  }
  return [...roots, ...added].filter((root) => !gone.has(root) || (root.parent === null && !gone.has(root)))
}

/** `(1 2)` is a chain, `(1 (2)(3))` a fork. Without recursion. */
function write(roots: readonly Node[]): string {
  const parts: string[] = []
  const stack: (Node | string)[] = []
  for (const root of [...roots].reverse()) stack.push(')', root, '(')
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next === 'string') {
      parts.push(next)
      continue
    }
    if (next.message !== null) parts.push(String(next.message.number))
    const [only, ...more] = next.children
    if (only === undefined) continue
    if (next.message !== null) parts.push(' ')
    if (more.length === 0) stack.push(only)
    else for (const child of [...next.children].reverse()) stack.push(')', child, '(')
  }
  return parts.join('')
}
