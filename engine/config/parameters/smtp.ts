/**
 * The SMTP client: how mail leaves for other servers.
 *
 * postconf(5).
 */
import { parameterRows } from '#config/parameters/parameter.ts'

export const smtpParameters = parameterRows(`
@ smtp
smtp_helo_name string = $myhostname
  The name that the client gives in HELO or EHLO.
  客户端在 HELO 或 EHLO 中报出的名字。
smtp_always_send_ehlo bool = yes
  Whether EHLO is tried even when the greeting does not say ESMTP.
  问候语没有 ESMTP 字样时是否仍先发 EHLO。
smtp_never_send_ehlo bool = no
  Whether EHLO is never tried.
  是否从不使用 EHLO。
smtp_address_preference enum(any,ipv4,ipv6) = any
  Which address family is tried first.
  优先尝试哪种地址族。
smtp_balance_inet_protocols bool = yes
  Whether IPv4 and IPv6 servers share the addresses that are tried.
  是否在尝试的地址中兼顾 IPv4 和 IPv6。
smtp_address_verify_target enum(rcpt,data) = rcpt
  At which command a verification probe ends.
  地址验证探测进行到哪条命令为止。
smtp_bind_address list =
  The IPv4 address from which connections go out.
  对外连接所用的本机 IPv4 地址。
smtp_bind_address6 list =
  The IPv6 address from which connections go out.
  对外连接所用的本机 IPv6 地址。
smtp_bind_address_enforce bool = no
  Whether mail waits when that address cannot be used.
  该地址无法使用时是否推迟投递。
smtp_host_lookup list = dns
  Whether names are looked up in DNS, in the system's files, or both.
  域名通过 DNS、系统文件还是两者查询。
disable_dns_lookups bool = no
  Whether mail goes out without DNS lookups.
  发送邮件时是否不查询 DNS。
ignore_mx_lookup_error bool = no
  Whether a failing MX lookup is taken as no MX.
  MX 查询失败时是否当作没有 MX 记录。
smtp_dns_support_level enum(disabled,enabled,dnssec) =
  Whether answers of DNS must be validated.
  对 DNS 应答的要求级别，如 DNSSEC 验证。
smtp_dns_resolver_options list =
  Options of name lookups.
  域名查询的选项。
smtp_dns_reply_filter string =
  Tables that change or drop records of DNS answers.
  修改或丢弃 DNS 应答记录的查找表。
smtp_defer_if_no_mx_address_found bool = no
  Whether mail waits when no MX host has an address.
  MX 主机都没有地址时是否推迟投递。
smtp_mx_address_limit int = 5
  How many addresses of MX hosts are used.
  最多使用多少个 MX 主机地址。
smtp_mx_session_limit int = 2
  How many sessions are begun for one delivery.
  一次投递最多建立多少个会话。
smtp_randomize_addresses bool = yes
  Whether servers of one preference are tried in random order.
  优先级相同的服务器是否随机排序。
smtp_cname_overrides_servername bool = no
  Whether the target of a CNAME names the server.
  CNAME 的目标是否取代服务器名称。
best_mx_transport string =
  Where mail goes when this host is itself the best MX but not the destination.
  本机是最优 MX 却不是目的地时邮件的去处。
smtp_fallback_relay list = $fallback_relay
  Servers that take mail when the destination cannot be reached.
  目的地无法连接时接手邮件的服务器。
smtp_tcp_port string = smtp
  The port that the client connects to.
  客户端连接的端口。
smtp_connect_timeout time = 30s
  How long a connection may take.
  建立连接的时限。
smtp_helo_timeout time = 300s
  How long the greeting and the answer to EHLO may take.
  等待问候语和 EHLO 应答的时限。
smtp_mail_timeout time = 300s
  How long the answer to MAIL may take.
  等待 MAIL 应答的时限。
smtp_rcpt_timeout time = 300s
  How long the answer to RCPT may take.
  等待 RCPT 应答的时限。
smtp_data_init_timeout time = 120s
  How long the answer to DATA may take.
  等待 DATA 应答的时限。
smtp_data_xfer_timeout time = 180s
  How long sending the message may be stuck.
  发送邮件内容时停滞的时限。
smtp_data_done_timeout time = 600s
  How long the answer to the final dot may take.
  等待结束点应答的时限。
smtp_rset_timeout time = 20s
  How long the answer to RSET may take.
  等待 RSET 应答的时限。
smtp_quit_timeout time = 300s
  How long the answer to QUIT may take.
  等待 QUIT 应答的时限。
smtp_starttls_timeout time = 300s
  How long the TLS handshake may take.
  TLS 握手的时限。
smtp_xforward_timeout time = 300s
  How long the answer to XFORWARD may take.
  等待 XFORWARD 应答的时限。
smtp_per_request_deadline bool = \${smtp_per_record_deadline?{$smtp_per_record_deadline}:{no}}
  Whether a time limit holds for a whole request rather than each read or write.
  时限是否针对整个请求而非每次读写。
smtp_min_data_rate int = 500
  How many bytes a second must move under such a limit.
  采用整体时限时要求的最低传输速率。
smtp_skip_5xx_greeting bool = yes
  Whether a 5xx greeting leads to the next server rather than a bounce.
  问候语为 5xx 时是否改试下一台服务器而不退信。
smtp_skip_quit_response bool = yes
  Whether the answer to QUIT is not waited for.
  是否不等待 QUIT 的应答。
smtp_line_length_limit size = 998
  After how many characters a line is broken.
  一行超过多少字符时折断。
smtp_quote_rfc821_envelope bool = yes
  Whether envelope addresses are quoted as the standard says.
  信封地址是否按标准加引号。
smtp_header_checks list =
  Patterns for headers of outgoing mail.
  外发邮件头的匹配规则。
smtp_mime_header_checks list =
  Patterns for MIME headers of outgoing mail.
  外发邮件 MIME 头的匹配规则。
smtp_nested_header_checks list =
  Patterns for headers of messages attached to outgoing mail.
  外发邮件所附邮件的头部匹配规则。
smtp_body_checks list =
  Patterns for body lines of outgoing mail.
  外发邮件正文的匹配规则。
smtp_generic_maps list =
  Tables that turn internal addresses into public ones as mail leaves.
  邮件外发时把内部地址换成公开地址的查找表。
smtp_reply_filter string =
  A table that changes replies of the server before they are read.
  在解读之前修改服务器应答的查找表。
smtp_delivery_status_filter string = $default_delivery_status_filter
  As default_delivery_status_filter, for the SMTP client.
  SMTP 客户端使用的 default_delivery_status_filter。
smtp_discard_ehlo_keywords list =
  Extensions of the server that the client ignores.
  客户端忽略服务器的哪些扩展。
smtp_discard_ehlo_keyword_address_maps list =
  Tables that give such a list by the server's address.
  按服务器地址指定忽略哪些扩展的查找表。
disable_mime_output_conversion bool = no
  Whether eight-bit mail is sent on unchanged to servers without 8BITMIME.
  对不支持 8BITMIME 的服务器是否不做转换直接发送。
smtp_send_xforward_command bool = no
  Whether the client's original name and address are passed on with XFORWARD.
  是否用 XFORWARD 传递原客户端的名称和地址。
smtp_send_dummy_mail_auth bool = no
  Whether AUTH=<> is added to MAIL.
  是否在 MAIL 命令中附加 AUTH=<>。
smtp_connection_cache_on_demand bool = yes
  Whether connections are kept for a while when there is more mail to send.
  有更多邮件待发时是否暂时保留连接。
smtp_connection_cache_destinations list =
  Destinations whose connections are always kept for a while.
  始终暂存连接的目的地。
smtp_connection_cache_time_limit time = 2s
  How long such a connection is kept.
  连接暂存的时间。
smtp_connection_reuse_count_limit int = 0
  How often one connection is used.
  一条连接最多重复使用的次数。
smtp_connection_reuse_time_limit time = 300s
  How long one connection is used.
  一条连接最多使用多久。
smtp_pix_workarounds list = disable_esmtp,delay_dotcrlf
  Workarounds for a kind of firewall that disturbs SMTP.
  针对某类干扰 SMTP 的防火墙的变通办法。
smtp_pix_workaround_maps list =
  Tables that give such workarounds by the server's address.
  按服务器地址指定变通办法的查找表。
smtp_pix_workaround_threshold_time time = 500s
  How old mail must be before the workarounds are used.
  邮件滞留多久后才启用变通办法。
smtp_pix_workaround_delay_time time = 10s
  How long the final dot waits with the workarounds.
  启用变通办法时发送结束点前的等待时间。
@ smtp
smtp_sasl_auth_enable bool = no
  Whether the client logs in to servers that ask for it.
  客户端是否向要求认证的服务器登录。
smtp_sasl_password_maps list =
  Tables of user name and password for each server.
  各服务器的用户名和密码查找表。
smtp_sasl_type string = cyrus
  The SASL library of the client.
  客户端使用的 SASL 实现。
smtp_sasl_path string =
  Where that library finds its settings.
  该 SASL 实现的配置位置。
smtp_sasl_mechanism_filter list =
  Mechanisms of the server that the client will use.
  客户端愿意使用服务器的哪些认证机制。
smtp_sasl_security_options list = noplaintext, noanonymous
  Which kinds of mechanisms are not used in the clear.
  未加密时不使用哪类认证机制。
smtp_sasl_tls_security_options list = $smtp_sasl_security_options
  Which kinds of mechanisms are not used within TLS.
  TLS 中不使用哪类认证机制。
smtp_sasl_tls_verified_security_options list = $smtp_sasl_tls_security_options
  Which kinds are not used when the server's certificate was verified.
  服务器证书已验证时不使用哪类认证机制。
smtp_sasl_auth_cache_name string =
  A table that remembers failed logins.
  记录登录失败的查找表。
smtp_sasl_auth_cache_time time = 90d
  How long a failed login is remembered.
  登录失败记录保留多久。
smtp_sasl_auth_soft_bounce bool = yes
  Whether mail waits rather than bounces when logging in fails.
  登录失败时是否推迟而不退信。
smtp_sender_dependent_authentication bool = no
  Whether each sender logs in with an account of their own.
  是否按发件人使用各自的账户登录。
send_cyrus_sasl_authzid bool = no
  Whether an authorization identity is sent that equals the user.
  是否发送与用户名相同的授权身份。
`)
