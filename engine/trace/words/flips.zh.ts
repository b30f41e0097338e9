/** What would have turned an answer around, in Chinese. */
import type { Words } from './words.ts'

export const flips: Words['flips'] = {
  authenticated: () => '若客户端事先用 AUTH 登录。',
  'not-authenticated': () => '若客户端没有登录。',
  encrypted: () => '若会话经过加密：先发 STARTTLS。',
  here: () => '若信件来自本机自身（127.0.0.1）。',
  outside: ({ address }) => `若客户端是陌生人，例如 ${address}。`,
  named: ({ address }) => `若 ${address} 在 DNS 中有主机名，且能反查回该地址。`,
  'full-helo': () => '若客户端在 HELO 中报上完整的主机名。',
  'null-sender': () => '若发件人为空，即 <>。',
  'sender-here': ({ domain }) => `若发件人属于 ${domain}。`,
  'recipient-here': ({ domain }) => `若收件人是本机的域 ${domain} 中的用户。`,
  'recipient-elsewhere': ({ recipient }) => `若收件人是 ${recipient}，即由别处投递的地址。`,
  'recipient-unknown': ({ recipient }) => `若收件人是 ${recipient}，而本机并无此人。`,
  before: ({ lines }) => `若依次发送：${lines.join('，再发 ')}。`,
  instead: ({ line }) => `若命令写成：${line}`,
  network: ({ address }) => `若 ${address} 在 mynetworks 之内。`,
  relayed: ({ domain }) => `若 ${domain} 在 relay_domains 之内，从而代为转发。`,
  delivered: ({ domain }) => `若 ${domain} 在 mydestination 之内，从而在本机投递。`,
  'unlisted-accepted': ({ recipient }) =>
    `若不在此拒绝未知收件人（smtpd_reject_unlisted_recipient = no）：给 ${recipient} 的信稍后会被退回。`,
  'begins-with': ({ list, item }) => `若 ${list} 以 ${item} 开头。`,
  'without-item': ({ list, item }) => `若 ${list} 中没有 ${item}。`,
  'warns-only': ({ item }) => `若 ${item} 只作警告：在它前面加 warn_if_reject。`,
  setting: ({ name, value }) =>
    value === '' ? `若 main.cf 让 ${name} 留空。` : `若 main.cf 中写有 ${name} = ${value}。`,
  'without-row': ({ table, key }) => `若 ${table} 中没有 ${key} 这一行。`,
  'row-says': ({ table, key, value }) => `若 ${table} 中 ${key} 这一行写的是 ${value}。`,
  'without-line': ({ line }) => `若信中没有“${line}”这一行。`,
  row: ({ table, key, value }) => `若 ${table} 中有这一行：${key} ${value}`,
}
