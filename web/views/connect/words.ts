/** What the door says, in both languages. Loaded with the page "Connect your mail client", and only then. */
import type { AskedView } from '#trace/world.ts'
import type { Visit, VisitOutcome } from '#trace/door.ts'

export type DoorWords = {
  readonly title: string
  readonly intro: string
  readonly none: string
  readonly servers: string
  readonly protocol: string
  readonly host: string
  readonly port: string
  readonly security: string
  readonly plain: string
  readonly account: (user: string, address: string) => string
  readonly root: string
  readonly profile: string
  readonly clients: string
  readonly copy: string
  readonly copied: string
  readonly live: string
  readonly nobody: string
  readonly someone: string
  readonly probably: (name: string) => string
  readonly came: (visit: Visit, who: string) => string
  readonly asked: (verbs: readonly string[]) => string
  readonly outcome: (outcome: VisitOutcome, over: boolean) => string
  readonly advice: Readonly<Partial<Record<VisitOutcome['kind'], string>>>
  readonly wrongPort: Readonly<Record<'tls' | 'clear', string>>
  readonly fetched: Readonly<Record<AskedView['what'], (address: string) => string>>
}

const letters = (count: number) => (count === 1 ? 'one letter' : `${count} letters`)

const en: DoorWords = {
  title: 'Connect your mail client',
  intro:
    'Any real mail client on this computer can use the lab. Its session is drawn like every other, and told here as it happens.',
  none: 'This lab publishes no ports. Start it with --publish fixed.',
  servers: 'Servers',
  protocol: 'Protocol',
  host: 'Server',
  port: 'Port',
  security: 'Security',
  plain: 'none',
  account: (user, address) =>
    `For example ${address}, user name ${user}. The passwords stand in the lab’s own lab.yaml.`,
  root: 'Root certificate of the lab',
  profile: 'Profile for Apple Mail and iOS',
  clients: 'Step by step',
  copy: 'Copy',
  copied: 'Copied',
  live: 'At the door',
  nobody: 'Nobody has come from outside yet.',
  someone: 'A client',
  probably: (name) => `Probably ${name}`,
  came: (visit, who) => `${who} from ${visit.from} → ${visit.service} of ${visit.host}`,
  asked: (verbs) => (verbs.length === 0 ? 'It said nothing.' : `It asked for ${verbs.join(', ')}.`),
  outcome(outcome, over) {
    switch (outcome.kind) {
      case 'wrong-port':
        return outcome.wanted === 'tls'
          ? 'It spoke TLS to a port that begins in clear.'
          : 'It spoke in clear to a port that begins with TLS.'
      case 'untrusted':
        return `It broke off the handshake: it does not trust the certificate (${outcome.reason}).`
      case 'tls-failed':
        return `The TLS handshake failed: ${outcome.reason || 'the connection was closed'}.`
      case 'needs-tls':
        return 'It wanted to log in before TLS, which this server does not allow.'
      case 'wrong-password':
        return `The login of ${outcome.user ?? 'an unknown user'} by ${outcome.mechanism} was refused.`
      case 'no-login':
        return `No login is possible at this moment: ${outcome.reason}`
      case 'refused':
        return `It was refused: ${outcome.reply}`
      case 'sent':
        return `${outcome.user ?? 'It'} handed in ${letters(outcome.letters)}.`
      case 'in':
        return over ? `${outcome.user} was logged in, and has left.` : `${outcome.user} is logged in.`
      case 'talking':
        return 'It is connected.'
      case 'left-at-tls':
        return 'It left at the TLS handshake.'
      case 'left':
        return 'It left without a login.'
    }
  },
  advice: {
    untrusted:
      'Import the root certificate below into the client (or the system) as a trusted authority, and connect again.',
    'tls-failed': 'Look whether the client speaks TLS 1.2 or newer, then look into the session.',
    'needs-tls': 'Choose STARTTLS in the client’s settings, or the port of the same protocol with TLS.',
    'wrong-password':
      'The user name is the short one, without the domain; the passwords stand in the lab’s lab.yaml.',
    'no-login': 'Look whether the daemon that checks passwords runs (service saslauthd status).',
    refused: 'Select the session: the reply there says why.',
    'left-at-tls':
      'Most clients look at the certificate at this moment: import the root certificate below and try again.',
  },
  wrongPort: {
    tls: 'Choose STARTTLS for this port, or the port for SSL/TLS.',
    clear: 'Choose SSL/TLS for this port, or the port for STARTTLS.',
  },
  fetched: {
    autoconfig: (address) => `looked up the servers of ${address} (Mozilla autoconfig)`,
    autodiscover: (address) => `looked up the servers of ${address} (Outlook autodiscover)`,
    mobileconfig: (address) => `fetched the profile of ${address}`,
    root: () => 'fetched the root certificate',
  },
}

const zh: DoorWords = {
  title: '连接你的邮件客户端',
  intro:
    '这台电脑上的任何真正的邮件客户端都可以使用这个实验室。它的会话和其他会话一样被画出来，并在这里实时说明。',
  none: '这个实验室没有公开端口。请用 --publish fixed 启动。',
  servers: '服务器',
  protocol: '协议',
  host: '服务器',
  port: '端口',
  security: '加密方式',
  plain: '无',
  account: (user, address) => `例如 ${address}，用户名 ${user}。密码写在实验室自己的 lab.yaml 里。`,
  root: '实验室的根证书',
  profile: 'Apple 邮件和 iOS 的描述文件',
  clients: '一步一步来',
  copy: '复制',
  copied: '已复制',
  live: '门口',
  nobody: '还没有人从外面来过。',
  someone: '一个客户端',
  probably: (name) => `可能是 ${name}`,
  came: (visit, who) => `${who}，来自 ${visit.from} → ${visit.host} 的 ${visit.service}`,
  asked: (verbs) => (verbs.length === 0 ? '它什么也没说。' : `它发出了 ${verbs.join('、')}。`),
  outcome(outcome, over) {
    switch (outcome.kind) {
      case 'wrong-port':
        return outcome.wanted === 'tls'
          ? '它对一个以明文开始的端口说了 TLS。'
          : '它对一个以 TLS 开始的端口说了明文。'
      case 'untrusted':
        return `它中断了握手：它不信任这个证书（${outcome.reason}）。`
      case 'tls-failed':
        return `TLS 握手失败：${outcome.reason || '连接被关闭'}。`
      case 'needs-tls':
        return '它想在 TLS 之前登录，这台服务器不允许。'
      case 'wrong-password':
        return `${outcome.user ?? '未知用户'} 用 ${outcome.mechanism} 登录被拒绝。`
      case 'no-login':
        return `此刻无法登录：${outcome.reason}`
      case 'refused':
        return `它被拒绝：${outcome.reply}`
      case 'sent':
        return `${outcome.user ?? '它'} 交来了 ${outcome.letters} 封信。`
      case 'in':
        return over ? `${outcome.user} 登录过，已经离开。` : `${outcome.user} 已登录。`
      case 'talking':
        return '它正连接着。'
      case 'left-at-tls':
        return '它在 TLS 握手时离开了。'
      case 'left':
        return '它没有登录就离开了。'
    }
  },
  advice: {
    untrusted: '把下面的根证书导入客户端（或系统），作为受信任的颁发机构，然后重新连接。',
    'tls-failed': '先看客户端是否支持 TLS 1.2 或更新版本，再查看这个会话。',
    'needs-tls': '在客户端设置里选择 STARTTLS，或者使用同一协议的 TLS 端口。',
    'wrong-password': '用户名用短的，不带域名；密码写在实验室的 lab.yaml 里。',
    'no-login': '看看检查密码的守护进程是否在运行（service saslauthd status）。',
    refused: '选中这个会话：那里的应答说明了原因。',
    'left-at-tls': '大多数客户端就在这一刻检查证书：请导入下面的根证书再试。',
  },
  wrongPort: {
    tls: '这个端口请选 STARTTLS，或者改用 SSL/TLS 端口。',
    clear: '这个端口请选 SSL/TLS，或者改用 STARTTLS 端口。',
  },
  fetched: {
    autoconfig: (address) => `查询了 ${address} 的服务器（Mozilla 自动配置）`,
    autodiscover: (address) => `查询了 ${address} 的服务器（Outlook 自动发现）`,
    mobileconfig: (address) => `下载了 ${address} 的描述文件`,
    root: () => '下载了根证书',
  },
}

export const doorWords: Readonly<Record<'en' | 'zh', DoorWords>> = { en, zh }
