/**
 * The SMTP server: its session, its limits, and what it hides or passes on.
 *
 * postconf(5).
 */
import { parameterRows } from '#config/parameters/parameter.ts'

export const smtpdParameters = parameterRows(`
@ smtpd
smtpd_banner string = $myhostname ESMTP $mail_name
  The text of the greeting after 220.
  220 问候语的文本。
smtpd_service_name string = smtpd
  The name of the service to which postscreen hands clients.
  postscreen 把客户端交给哪个服务。
smtpd_helo_required bool = no
  Whether MAIL is refused before HELO or EHLO.
  是否要求先发 HELO 或 EHLO 才能发 MAIL。
strict_rfc821_envelopes bool = no
  Whether addresses in MAIL and RCPT must be written with angle brackets, as the standard says.
  MAIL 和 RCPT 中的地址是否必须按标准写在尖括号内。
disable_vrfy_command bool = no
  Whether VRFY is refused, so that it tells nobody who has a mailbox.
  是否拒绝 VRFY，以免泄露有哪些信箱。
smtpd_noop_commands list =
  Commands that are answered with Ok and do nothing.
  只回答 Ok 而不做事的命令。
smtpd_forbidden_commands list = CONNECT GET POST regexp:{{/^[^A-Z]/ Bogus}}
  Words that end the session at once: the client speaks another protocol.
  一出现就断开会话的命令，说明客户端说的是别的协议。
smtpd_command_filter string =
  A table that changes commands before they are read.
  在解读之前修改客户端命令的查找表。
smtpd_discard_ehlo_keywords list =
  Extensions that are not offered in the answer to EHLO.
  EHLO 应答中不提供的扩展。
smtpd_discard_ehlo_keyword_address_maps list =
  Tables that give such a list by the client's address.
  按客户端地址指定不提供哪些扩展的查找表。
smtpd_timeout time = \${stress?{10}:{300}}s
  How long the server waits for the client.
  服务器等待客户端的时限。
smtpd_starttls_timeout time = \${stress?{10}:{300}}s
  How long the TLS handshake may take.
  TLS 握手的时限。
smtpd_per_request_deadline bool = \${smtpd_per_record_deadline?{$smtpd_per_record_deadline}:{\${stress?{yes}:{no}}}}
  Whether a time limit holds for a whole command rather than each read or write.
  时限是否针对整条命令而非每次读写。
smtpd_min_data_rate int = 500
  How many bytes a second must move under such a limit.
  采用整体时限时要求的最低传输速率。
smtpd_recipient_limit int = 1000
  How many recipients one message may have.
  一封邮件最多的收件人数。
smtpd_recipient_overshoot_limit int = 1000
  How many recipients beyond the limit are refused without counting as errors.
  超出上限的收件人中有多少个不计为错误。
smtpd_error_sleep_time time = 1s
  How long the server waits before the answer to a client that made errors.
  客户端出错后服务器应答前的停顿。
smtpd_soft_error_limit int = 10
  After how many errors the server slows down.
  出错多少次后服务器放慢应答。
smtpd_hard_error_limit int = \${stress?{1}:{20}}
  After how many errors the server hangs up.
  出错多少次后服务器断开连接。
smtpd_junk_command_limit int = \${stress?{1}:{100}}
  How many idle commands, such as NOOP, a client may send before they count as errors.
  NOOP 等空转命令超过多少条后计为错误。
smtpd_history_flush_threshold int = 100
  How many lines of a session are kept for a report to the postmaster.
  为报告 postmaster 最多保留多少行会话记录。
line_length_limit size = 2048
  How long a line of input may be; longer ones are broken.
  输入行的最大长度，超过则折断。
queue_minfree size = 0
  How much space must be free in the queue's file system to accept mail.
  队列文件系统至少剩余多少空间才接收邮件。
smtpd_client_connection_count_limit int = 50
  How many connections one client may have at a time.
  一个客户端同时的连接数上限。
smtpd_client_connection_rate_limit int = 0
  How often one client may connect in a unit of time; 0 means no limit.
  单位时间内一个客户端的连接次数上限，0 表示不限。
smtpd_client_message_rate_limit int = 0
  How many messages one client may begin in a unit of time.
  单位时间内一个客户端的邮件数上限。
smtpd_client_recipient_rate_limit int = 0
  How many recipients one client may name in a unit of time.
  单位时间内一个客户端的收件人数上限。
smtpd_client_auth_rate_limit int = 0
  How often one client may try AUTH in a unit of time.
  单位时间内一个客户端的 AUTH 次数上限。
smtpd_client_new_tls_session_rate_limit int = 0
  How many new TLS sessions one client may begin in a unit of time.
  单位时间内一个客户端新建 TLS 会话的次数上限。
smtpd_client_event_limit_exceptions list = \${smtpd_client_connection_limit_exceptions:$mynetworks}
  Clients to which these limits do not apply.
  不受这些限制的客户端。
smtpd_client_port_logging bool = no
  Whether the client's port is logged.
  是否记录客户端的端口。
smtpd_peername_lookup bool = yes
  Whether the client's name is looked up.
  是否查询客户端的主机名。
smtpd_dns_reply_filter string =
  Tables that change or drop records of DNS answers.
  修改或丢弃 DNS 应答记录的查找表。
smtpd_forbid_bare_newline enum(normalize,yes,reject,no) = no
  Whether a line that ends in LF alone may end a message or be accepted, against SMTP smuggling.
  如何对待仅以 LF 结尾的行，用于防范 SMTP 走私攻击。
smtpd_forbid_bare_newline_exclusions list = $mynetworks
  Clients to which smtpd_forbid_bare_newline does not apply.
  不受 smtpd_forbid_bare_newline 约束的客户端。
smtpd_forbid_bare_newline_reject_code int = 550
  The reply code when such a line is refused.
  拒绝此类行时的应答码。
smtpd_forbid_unauth_pipelining bool = no
  Whether clients that send commands too early are cut off.
  是否断开过早发送后续命令的客户端。
smtpd_authorized_verp_clients list = $authorized_verp_clients
  Clients that may ask for VERP with XVERP.
  可以用 XVERP 请求 VERP 的客户端。
smtpd_authorized_xclient_hosts list =
  Clients that may use XCLIENT to pretend to be another.
  可以用 XCLIENT 代表其他客户端的主机。
smtpd_authorized_xforward_hosts list =
  Clients that may pass on another client's data with XFORWARD.
  可以用 XFORWARD 转述客户端信息的主机。
smtpd_proxy_filter string =
  A server to which all commands and mail pass before they are accepted.
  接收邮件前把命令和内容先转给的代理服务器。
smtpd_proxy_ehlo string = $myhostname
  The name given to that server in EHLO.
  对代理服务器发 EHLO 时使用的名字。
smtpd_proxy_options list =
  Options for talking to that server.
  与代理服务器通信的选项。
smtpd_proxy_timeout time = 100s
  How long that server may take.
  等待代理服务器的时限。
smtpd_upstream_proxy_protocol string =
  The protocol of a load balancer in front of the server.
  位于服务器前的负载均衡所用的协议。
smtpd_upstream_proxy_timeout time = 5s
  How long that protocol may take.
  等待该协议信息的时限。
tcp_windowsize size = 0
  The size of the TCP window; 0 leaves it to the system.
  TCP 窗口大小，0 表示由系统决定。
dns_ncache_ttl_fix_enable bool = no
  Whether the life of negative DNS answers is worked out by Postfix itself.
  是否由 Postfix 自行计算 DNS 否定应答的有效期。
dnssec_probe string = ns:.
  A name looked up to see whether DNSSEC validation works.
  用来检查 DNSSEC 验证是否可用的探测域名。
@ qmqpd
qmqpd_authorized_clients list =
  Clients that may hand in mail by QMQP.
  可以用 QMQP 提交邮件的客户端。
qmqpd_client_port_logging bool = no
  Whether the port of a QMQP client is logged.
  是否记录 QMQP 客户端的端口。
qmqpd_error_delay time = 1s
  How long the QMQP server waits before it answers with an error.
  QMQP 服务器报错前的停顿。
qmqpd_timeout time = 300s
  How long the QMQP server waits for its client.
  QMQP 服务器等待客户端的时限。
@ sendmail
local_login_sender_maps list = static:*
  Tables of the sender addresses that each login name may use with sendmail.
  每个登录名用 sendmail 时可用的发件人地址查找表。
empty_address_local_login_sender_maps_lookup_key string = <>
  What stands for the null sender in local_login_sender_maps.
  在 local_login_sender_maps 中代表空发件人的键。
`)
