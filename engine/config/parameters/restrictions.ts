/**
 * Who may send what to whom: restriction lists of the SMTP server and the replies they give.
 *
 * postconf(5).
 */
import { parameterRows } from '#config/parameters/parameter.ts'

export const restrictionsParameters = parameterRows(`
@ smtpd
smtpd_client_restrictions list =
  What is checked when a client connects.
  客户端连接时检查的规则。
smtpd_helo_restrictions list =
  What is checked at HELO or EHLO.
  HELO 或 EHLO 时检查的规则。
smtpd_sender_restrictions list =
  What is checked at MAIL FROM.
  MAIL FROM 时检查的规则。
smtpd_relay_restrictions list = \${{$compatibility_level} <level {1} ? {} : {permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination}}
  Who may relay: checked at RCPT TO, so that no mistake elsewhere opens the relay.
  谁可以中继：在 RCPT TO 时检查，防止其他规则的疏漏造成开放中继。
smtpd_recipient_restrictions list =
  What else is checked at RCPT TO, such as spam rules.
  RCPT TO 时的其他检查，例如反垃圾邮件规则。
smtpd_data_restrictions list =
  What is checked at DATA.
  DATA 时检查的规则。
smtpd_end_of_data_restrictions list =
  What is checked at the end of the message.
  邮件内容结束时检查的规则。
smtpd_etrn_restrictions list =
  What is checked at ETRN.
  ETRN 时检查的规则。
smtpd_restriction_classes list =
  Names for lists of restrictions of your own.
  自定义的限制规则组名称。
smtpd_delay_reject bool = yes
  Whether refusals wait until RCPT, so that the log shows sender and recipient.
  是否推迟到 RCPT 才拒绝，使日志能显示收发双方。
smtpd_delay_open_until_valid_rcpt bool = yes
  Whether the queue file is made only after the first good recipient.
  是否在第一个有效收件人之后才建立队列文件。
smtpd_relay_before_recipient_restrictions list = \${{$compatibility_level} <level {3.6} ? {no} : {yes}}
  Whether the relay list is checked before the recipient list.
  是否先检查中继规则再检查收件人规则。
smtpd_log_access_permit_actions list =
  Permissions that are logged too.
  哪些放行动作也写入日志。
smtpd_null_access_lookup_key string = <>
  What stands for the null sender in access tables.
  访问表中代表空发件人的键。
smtpd_reject_unlisted_recipient bool = yes
  Whether unknown recipients are refused even when no restriction says so.
  即使规则未要求，是否也拒绝不存在的收件人。
smtpd_reject_unlisted_sender bool = no
  Whether senders are refused that should exist here but do not.
  是否拒绝本应在本机却不存在的发件人。
smtpd_sender_login_maps list =
  Tables of the logins that own a sender address.
  哪些登录账户拥有某个发件人地址的查找表。
relay_recipient_maps list =
  Tables of the valid recipients in relay_domains.
  relay_domains 中有效收件人的查找表。
relay_clientcerts list =
  Tables of client certificates whose owners may relay.
  允许中继的客户端证书查找表。
permit_mx_backup_networks list =
  Networks of primary MX hosts for which this server may be a backup.
  本服务器可为其担任备用 MX 的主服务器网络。
smtpd_reject_footer string =
  A text added to refusals, such as where to ask for help.
  附加在拒绝应答后的文本，如求助方式。
smtpd_reject_footer_maps list =
  Tables that choose such a text by the reply.
  按应答内容选择附加文本的查找表。
smtpd_expansion_filter string = \\t\\40!"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\\\]^_\`abcdefghijklmnopqrstuvwxyz{|}~
  Characters that may appear in values put into replies.
  代入应答文本的值中允许的字符。
default_rbl_reply string = $rbl_code Service unavailable; $rbl_class [$rbl_what] blocked using $rbl_domain\${rbl_reason?; $rbl_reason}
  The reply when a DNS block list names the client.
  客户端被 DNS 黑名单列出时的应答。
rbl_reply_maps list =
  Tables of such replies for each block list.
  按黑名单指定应答的查找表。
maps_rbl_domains list =
  Block lists of the older restriction reject_maps_rbl.
  旧规则 reject_maps_rbl 使用的黑名单。
maps_rbl_reject_code int = 554
  The reply code when a block list names the client.
  被黑名单列出时的应答码。
access_map_reject_code int = 554
  The reply code of REJECT in an access table.
  访问表中 REJECT 的应答码。
access_map_defer_code int = 450
  The reply code of DEFER in an access table.
  访问表中 DEFER 的应答码。
reject_code int = 554
  The reply code of the restriction reject.
  规则 reject 的应答码。
defer_code int = 450
  The reply code of the restriction defer.
  规则 defer 的应答码。
reject_tempfail_action string = defer_if_permit
  What happens when a restriction that would refuse met a temporary failure.
  拒绝类规则遇到临时故障时的处理方式。
relay_domains_reject_code int = 554
  The reply code when a client may not relay.
  客户端无权中继时的应答码。
invalid_hostname_reject_code int = 501
  The reply code when the HELO name is malformed.
  HELO 名称格式错误时的应答码。
non_fqdn_reject_code int = 504
  The reply code when a name is not fully qualified.
  名称不是完整域名时的应答码。
multi_recipient_bounce_reject_code int = 550
  The reply code when the null sender names several recipients.
  空发件人指定多个收件人时的应答码。
plaintext_reject_code int = 450
  The reply code when a session is not encrypted but must be.
  会话应加密而未加密时的应答码。
unknown_address_reject_code int = 450
  The reply code when the domain of an address has no mail host.
  地址的域没有邮件主机时的应答码。
unknown_address_tempfail_action string = $reject_tempfail_action
  What happens when that could not be found out.
  无法判断地址的域是否存在时的处理方式。
unknown_client_reject_code int = 450
  The reply code when the client's name is not known.
  客户端主机名未知时的应答码。
unknown_hostname_reject_code int = 450
  The reply code when the HELO name is not in DNS.
  HELO 名称在 DNS 中不存在时的应答码。
unknown_helo_hostname_tempfail_action string = $reject_tempfail_action
  What happens when that could not be found out.
  无法判断 HELO 名称是否存在时的处理方式。
unknown_local_recipient_reject_code int = 550
  The reply code for a recipient that is no user here.
  收件人不是本机用户时的应答码。
unknown_relay_recipient_reject_code int = 550
  The reply code for a recipient that relay_recipient_maps does not have.
  收件人不在 relay_recipient_maps 中时的应答码。
unknown_virtual_alias_reject_code int = 550
  The reply code for an unknown address in a virtual alias domain.
  虚拟别名域中地址不存在时的应答码。
unknown_virtual_mailbox_reject_code int = 550
  The reply code for an unknown address in a virtual mailbox domain.
  虚拟信箱域中地址不存在时的应答码。
unverified_recipient_reject_code int = 450
  The reply code when a probe shows that a recipient does not exist.
  探测表明收件人不存在时的应答码。
unverified_recipient_defer_code int = 450
  The reply code when a probe of a recipient has no result yet.
  收件人探测尚无结果时的应答码。
unverified_recipient_reject_reason string =
  A text instead of the real reason of that refusal.
  代替真实原因的收件人拒绝文本。
unverified_recipient_tempfail_action string = $reject_tempfail_action
  What happens when a probe of a recipient fails for now.
  收件人探测暂时失败时的处理方式。
unverified_sender_reject_code int = 450
  The reply code when a probe shows that a sender does not exist.
  探测表明发件人不存在时的应答码。
unverified_sender_defer_code int = 450
  The reply code when a probe of a sender has no result yet.
  发件人探测尚无结果时的应答码。
unverified_sender_reject_reason string =
  A text instead of the real reason of that refusal.
  代替真实原因的发件人拒绝文本。
unverified_sender_tempfail_action string = $reject_tempfail_action
  What happens when a probe of a sender fails for now.
  发件人探测暂时失败时的处理方式。
smtpd_policy_service_default_action string = 451 4.3.5 Server configuration problem
  What happens when a policy server cannot be asked.
  无法询问策略服务器时的处理方式。
smtpd_policy_service_max_idle time = 300s
  How long an unused connection to a policy server is kept.
  与策略服务器的空闲连接保留多久。
smtpd_policy_service_max_ttl time = 1000s
  The longest life of a connection to a policy server.
  与策略服务器连接的最长寿命。
smtpd_policy_service_policy_context string =
  A word that tells the policy server which service asks.
  告诉策略服务器由哪个服务提问的标识。
smtpd_policy_service_request_limit int = 0
  How many questions one connection to a policy server carries.
  一条策略服务器连接最多的提问次数。
smtpd_policy_service_retry_delay time = 1s
  The pause before a policy server is asked again.
  再次询问策略服务器前的间隔。
smtpd_policy_service_timeout time = 100s
  How long a policy server may take.
  等待策略服务器的时限。
smtpd_policy_service_try_limit int = 2
  How often a question to a policy server is tried.
  向策略服务器提问的尝试次数。
@ smtpd
allow_min_user bool = no
  Whether a recipient may begin with a minus sign.
  是否允许收件人地址以减号开头。
`)
