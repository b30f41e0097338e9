/** How usual mail clients are set up for this lab: steps for those with windows, lines to copy for those without. */
import type { Account, DoorServer } from './servers.ts'

export type ClientGuide =
  | { readonly name: string; readonly kind: 'steps'; readonly steps: readonly string[] }
  | { readonly name: string; readonly kind: 'lines'; readonly lines: string }

type Servers = {
  readonly imap: DoorServer
  readonly pop3: DoorServer | null
  readonly smtp: DoorServer
}

export function guidesFor(
  servers: readonly DoorServer[],
  account: Account,
  language: 'en' | 'zh',
): readonly ClientGuide[] {
  const find = (service: string) => servers.find((server) => server.service === service) ?? null
  const [imap, pop3, smtp] = [find('imap') ?? find('imaps'), find('pop3'), find('submission')]
  const guides: ClientGuide[] = []
  if (imap !== null && smtp !== null) {
    const steps = { en: stepsEn, zh: stepsZh }[language]({ imap, pop3, smtp }, account)
    guides.push(...steps.map(([name, ...lines]) => ({ name, kind: 'steps', steps: lines }) as const))
  }
  return [...guides, ...linesFor({ imap, pop3, smtp }, account)]
}

type Steps = readonly (readonly [string, ...string[]])[]

const told = ({ protocol, address, port, security }: DoorServer) =>
  `${protocol} ${address} · ${port} · ${security}`

const stepsEn = ({ imap, smtp }: Servers, { user, email }: Account): Steps => {
  const servers = `Incoming: ${told(imap)}. Outgoing: ${told(smtp)}. User name ${user}, normal password.`
  return [
    [
      'Thunderbird',
      'Settings → Privacy & Security → Certificates → Manage Certificates → Authorities → Import: the root certificate above; tick “identify websites”.',
      `Account Settings → Account Actions → Add Mail Account: ${email} and the password, then “Configure manually”.`,
      servers,
      'Re-test, then Done.',
    ],
    [
      'Outlook',
      'Open the root certificate → Install Certificate → Current User → “Trusted Root Certification Authorities”.',
      `File → Add Account: ${email} → Advanced options → “Let me set up my account manually” → IMAP.`,
      servers,
      `In “More settings”, the user name is ${user}, without the domain; the outgoing server uses the same login.`,
    ],
    [
      'Apple Mail · iOS',
      'Download the profile above and open it; it holds the account and the root certificate.',
      'macOS: System Settings → General → Device Management. iOS: Settings → General → VPN & Device Management. Install it.',
      'iOS: Settings → General → About → Certificate Trust Settings: trust the lab’s root.',
      `A telephone reaches the lab only when it listens on the network: start it with --http 0.0.0.0:8025, and use this computer’s address instead of ${imap.address}.`,
    ],
    [
      'Foxmail',
      'Open the root certificate and install it under “Trusted Root Certification Authorities”: Foxmail uses those of Windows.',
      `Account management → New → Other → Manual: receiving server IMAP, ${email}.`,
      servers,
    ],
    [
      'Evolution',
      'Edit → Preferences → Certificates → Authorities → Import: the root certificate; trust it for e-mail.',
      `Edit → Accounts → Add → Mail Account: ${email}; switch “Look up mail server details” off.`,
      `${servers} “STARTTLS after connecting”.`,
    ],
  ]
}

const stepsZh = ({ imap, smtp }: Servers, { user, email }: Account): Steps => {
  const servers = `收件：${told(imap)}。发件：${told(smtp)}。用户名 ${user}，普通密码。`
  return [
    [
      'Thunderbird',
      '设置 → 隐私与安全 → 证书 → 管理证书 → 证书颁发机构 → 导入上面的根证书，勾选“信任由此证书颁发机构标识的网站”。',
      `账户设置 → 账户操作 → 添加邮件账户：填 ${email} 和密码，然后选“手动配置”。`,
      servers,
      '点“重新测试”，再点“完成”。',
    ],
    [
      'Outlook',
      '打开根证书 → 安装证书 → 当前用户 → “受信任的根证书颁发机构”。',
      `文件 → 添加账户：${email} → 高级选项 → “让我手动设置我的账户” → IMAP。`,
      servers,
      `在“其他设置”里用户名填 ${user}，不带域名；发送服务器使用同样的登录。`,
    ],
    [
      'Apple 邮件 · iOS',
      '下载上面的描述文件并打开；里面有账户和根证书。',
      'macOS：系统设置 → 通用 → 设备管理。iOS：设置 → 通用 → VPN 与设备管理。安装它。',
      'iOS：设置 → 通用 → 关于本机 → 证书信任设置：信任实验室的根证书。',
      `手机只有在实验室监听网络地址时才能连上：用 --http 0.0.0.0:8025 启动，并用这台电脑的地址代替 ${imap.address}。`,
    ],
    [
      'Foxmail',
      '打开根证书，安装到“受信任的根证书颁发机构”：Foxmail 使用 Windows 的证书库。',
      `账号管理 → 新建 → 其他邮箱 → 手动设置：接收服务器类型 IMAP，${email}。`,
      servers,
    ],
    [
      'Evolution',
      '编辑 → 首选项 → 证书 → 颁发机构 → 导入根证书，并信任它用于电子邮件。',
      `编辑 → 账户 → 添加 → 邮件账户：${email}；关闭“查找邮件服务器细节”。`,
      `${servers}加密方式选“连接后 STARTTLS”。`,
    ],
  ]
}

function linesFor(
  { imap, pop3, smtp }: { [K in keyof Servers]: Servers[K] | null },
  { user, other, email, otherEmail }: Account,
): readonly ClientGuide[] {
  const guides: ClientGuide[] = []
  const lines = (name: string, text: string) => guides.push({ name, kind: 'lines', lines: text })
  if (smtp !== null) {
    const at = `${smtp.address}:${smtp.port}`
    lines('swaks', `swaks --server ${at} --tls --auth-user ${user} \\\n  --from ${email} --to ${otherEmail}`)
    lines(
      'curl',
      `curl --ssl-reqd --insecure smtp://${at} --user ${user} \\\n  --mail-from ${email} --mail-rcpt ${otherEmail} -T letter.txt`,
    )
  }
  if (imap !== null && smtp !== null) {
    const box = `imap://${user}@${imap.address}:${imap.port}`
    lines(
      'mutt',
      `mutt -e 'set folder=${box}' \\\n  -e 'set smtp_url=smtp://${user}@${smtp.address}:${smtp.port}' -f ${box}`,
    )
  }
  if (pop3 !== null)
    lines('curl (POP3)', `curl --ssl-reqd --insecure pop3://${pop3.address}:${pop3.port}/ --user ${other}`)
  return guides
}
