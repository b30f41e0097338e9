/** Why an answer came out as it did, in Chinese. */
import type { RowFact } from '../cause.ts'
import { together, wordsFor } from '../meaning.ts'
import { settings } from './settings.zh.ts'
import type { Words } from './words.ts'

const place = ({ file, line }: RowFact) =>
  file === null ? '' : `（${file}${line === null ? '' : `:${line}`}）`
const row = (fact: RowFact) => `${fact.key} ${fact.value}`.trimEnd()
const who = (user: string | null) => (user === null ? '有人（没有给出名字）' : `${user} `)

export const causes: Words['causes'] = {
  relay: ({ recipient, client, user }) =>
    `${domain(recipient)} 既不由本机投递，也不由本机转发；${client} 不在 mynetworks 之内；${user === null ? '也没有人登录' : `${user} 虽已登录，列表却没有放行`}。替人转送这样的信，就成了开放中继。`,
  unlisted: ({ address, maps, tables }) =>
    `${address} 属于本机的域，但 ${maps ?? '收件人表'} 中没有这个人${tables.length === 0 ? '' : `。查过：${tables.join('、')}`}。`,
  'too-big': () => '信件大于 message_size_limit。',
  row: (fact) => `${fact.item} 在 ${fact.table} 中查到这一行：${row(fact)}${place(fact)}。`,
  'table-unavailable': ({ table, key }) => `查询 ${key} 时 ${table} 不可用。服务器不猜测，请客户端稍后再来。`,
  'refusing-item': ({ list, item }) => `${list} 中的 ${item} 拒绝了；其后各项不再询问。`,
  'permitting-item': ({ list, item }) => `${list} 中的 ${item} 放行了；该列表其余各项不再询问。`,
  'no-objection': ({ lists }) => `${lists.join('、')} 中没有一项反对；无人拒绝的就接受。`,
  order: ({ verb, state, expected }) =>
    `在 ${state} 状态下不能发 ${verb}。可以发的是：${expected.join('、')}。`,
  syntax: ({ verb, form }) => `${verb} 的写法是：${form}`,
  'unknown-command': ({ word }) => `没有叫 ${word} 的命令。`,
  'no-command': () => '不以单词开头的行不是命令。',
  'spoke-early': () =>
    '客户端在协议要求等待答复的地方（RFC 2920 §3.1）抢先发送了内容：垃圾邮件程序常这样做。',
  'own-trouble': () => '服务器自己出了问题，例如某个文件或表读不了。日志里说明是哪一个；客户端没有做错什么。',
  scripted: () => '这台主机按脚本行事：答复写在 lab.yaml 中，对谁都一样。',
  expansion: () => 'virtual_alias_maps 由这个地址引出的地址太多，或者绕成了圈。日志里说明是哪一种。',
  misconfigured: () =>
    '本服务器的管理员在 main.cf 或某个表中写错了。日志里说明是哪一处；客户端被请求稍后再来。',
  'after-refused-chunk': () => '这封信先前有一块已被拒绝：后面的块读过即弃。',
  setting: ({ name, value }) => together(wordsFor(settings, name), `${name} = ${value}`.trimEnd()),
  'login-failed': ({ mechanism, user, reason }) => `${who(user)}用 ${mechanism} 登录，后端答复：${reason}。`,
  'login-unavailable': ({ mechanism, reason }) =>
    `负责核对 ${mechanism} 的一方没有答复：${reason}。口令也许是对的。`,
  'login-cancelled': ({ mechanism }) => `客户端中途放弃了 ${mechanism} 登录。`,
  'tls-failed': ({ reason }) => `TLS 握手失败：${reason}。`,
  content: (fact) => `信中“${fact.key}”这一行与 ${fact.checks} 中的一行相符：${fact.value}${place(fact)}。`,
  quota: ({ address }) => `${address} 的邮箱放不下这封信。`,
  'no-mailbox': ({ address }) => `${address} 没有邮箱。`,
  'no-message': ({ number }) => `邮箱里没有第 ${number} 封信。LIST 或 STAT 会说明共有几封。`,
  'message-deleted': ({ number }) => `第 ${number} 封信已在本次会话中用 DELE 标记。RSET 可以取消标记。`,
  'message-expunged': ({ number }) => `第 ${number} 封信在此期间已被另一个会话删除。`,
  'no-folder': ({ folder }) => `没有叫 ${folder} 的邮箱。LIST 会列出有哪些，CREATE 可以新建。`,
  'folder-exists': ({ folder }) => `已经有叫 ${folder} 的邮箱了。`,
  'folder-in-use': ({ folder }) => `${folder} 之下还有别的邮箱，要先处理它们。`,
  'folder-name': ({ why }) => `这不能作邮箱名：${why}。`,
  'imap-syntax': ({ why, form }) => `命令认得，但参数读不懂：${why}。写法是：${form}`,
  'inbox-stays': () => 'INBOX 是收信的地方：既不能删除，也不能改名。',
  'not-selected': () => '这条命令针对邮箱里的信，而现在没有打开任何邮箱。用 SELECT 或 EXAMINE 打开一个。',
  charset: () => '服务器不认得检索所用的这种字符集。',
  'too-many-bad-commands': () => '本次会话中不是命令的行太多，服务器不再相信对方。',
  'line-too-long': () => '这一行比任何命令都长。',
  'peer-said': ({ relay, said }) => `下一台服务器 ${relay} 答复：${said}`,
  'not-connected': ({ relay, why }) => `连不上 ${relay}：${why}。`,
  'not-resolved': ({ name }) => `在 DNS 中查不到 ${name} 的去处。`,
  'loops-back': () => 'DNS 指出的下一台服务器就是本机自己，而本机并不为该域投递。',
  expired: () => '信件在队列中等待的时间超过了 maximal_queue_lifetime。',
  delivery: ({ status, text }) => `投递代理报告 ${status}：${text}`,
}

const domain = (address: string) => address.slice(address.lastIndexOf('@') + 1) || address
