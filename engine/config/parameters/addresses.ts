/**
 * How addresses are completed, rewritten and sent on their way.
 *
 * postconf(5).
 */
import { parameterRows } from '#config/parameters/parameter.ts'

export const addressesParameters = parameterRows(`
@ trivial-rewrite
append_at_myorigin bool = yes
  Whether an address without a domain gets @$myorigin.
  没有域名的地址是否补上 @$myorigin。
append_dot_mydomain bool = \${{$compatibility_level} <level {1} ? {yes} : {no}}
  Whether a domain without a dot gets .$mydomain.
  不带点的域名是否补上 .$mydomain。
allow_percent_hack bool = yes
  Whether user%domain is read as user@domain.
  是否把 user%domain 当作 user@domain。
swap_bangpath bool = yes
  Whether the UUCP form site!user becomes user@site.
  是否把 UUCP 写法 site!user 改为 user@site。
allow_untrusted_routing bool = no
  Whether mail from outside may carry addresses that ask for a route.
  是否接受外来邮件中带有指定路由的地址。
resolve_dequoted_address bool = yes
  Whether quotes in the local-part are removed before an address is looked at.
  判断地址时是否先去掉本地部分的引号。
resolve_null_domain bool = no
  Whether user@ counts as a user of this host.
  是否把 user@ 当作本机用户。
resolve_numeric_domain bool = no
  Whether user@192.0.2.1, without brackets, is accepted.
  是否接受不带方括号的 user@192.0.2.1。
empty_address_recipient string = MAILER-DAEMON
  Who gets mail that is addressed to the null address.
  寄给空地址的邮件由谁接收。
rewrite_service_name string = rewrite
  The name of the address rewriting service.
  地址重写服务的名称。
transport_maps list =
  Tables that give a transport and next hop for an address or domain.
  按地址或域指定传输方式和下一跳的查找表。
transport_retry_time time = 60s
  How long qmgr waits before it asks a broken transport again.
  传输方式出错后 qmgr 再次尝试前的等待时间。
default_transport string = smtp
  The transport for mail to domains that are not ours.
  寄往外域的邮件使用的传输方式。
local_transport string = local:$myhostname
  The transport for domains in mydestination.
  mydestination 中的域使用的传输方式。
relay_transport string = relay
  The transport for domains in relay_domains.
  relay_domains 中的域使用的传输方式。
virtual_transport string = virtual
  The transport for domains in virtual_mailbox_domains.
  virtual_mailbox_domains 中的域使用的传输方式。
sender_dependent_default_transport_maps list =
  Tables that choose the default transport by the sender.
  按发件人选择默认传输方式的查找表。
sender_dependent_relayhost_maps list =
  Tables that choose the relay host by the sender.
  按发件人选择中继主机的查找表。
empty_address_default_transport_maps_lookup_key string = <>
  What stands for the null sender in sender_dependent_default_transport_maps.
  在 sender_dependent_default_transport_maps 中代表空发件人的键。
empty_address_relayhost_maps_lookup_key string = <>
  What stands for the null sender in sender_dependent_relayhost_maps.
  在 sender_dependent_relayhost_maps 中代表空发件人的键。
relocated_maps list =
  Tables of users and domains that have moved, with where to.
  已迁走的用户和域以及新去处的查找表。
show_user_unknown_table_name bool = yes
  Whether a refusal says in which kind of table the user was not found.
  拒绝时是否说明在哪类表中找不到该用户。
address_verify_default_transport string = $default_transport
  As default_transport, for probes that verify an address.
  地址验证探测使用的 default_transport。
address_verify_local_transport string = $local_transport
  As local_transport, for probes that verify an address.
  地址验证探测使用的 local_transport。
address_verify_relay_transport string = $relay_transport
  As relay_transport, for probes that verify an address.
  地址验证探测使用的 relay_transport。
address_verify_virtual_transport string = $virtual_transport
  As virtual_transport, for probes that verify an address.
  地址验证探测使用的 virtual_transport。
address_verify_relayhost string = $relayhost
  As relayhost, for probes that verify an address.
  地址验证探测使用的 relayhost。
address_verify_transport_maps list = $transport_maps
  As transport_maps, for probes that verify an address.
  地址验证探测使用的 transport_maps。
address_verify_sender_dependent_default_transport_maps list = $sender_dependent_default_transport_maps
  As sender_dependent_default_transport_maps, for probes that verify an address.
  地址验证探测使用的 sender_dependent_default_transport_maps。
address_verify_sender_dependent_relayhost_maps list = $sender_dependent_relayhost_maps
  As sender_dependent_relayhost_maps, for probes that verify an address.
  地址验证探测使用的 sender_dependent_relayhost_maps。
@ verify
address_verify_cache_cleanup_interval time = 12h
  How often old results are removed from the verification cache.
  多久清理一次地址验证缓存中的旧结果。
address_verify_map string = btree:$data_directory/verify_cache
  The table that keeps results of address verification.
  保存地址验证结果的查找表。
address_verify_negative_cache bool = yes
  Whether failed verifications are remembered too.
  是否也缓存验证失败的结果。
address_verify_negative_expire_time time = 3d
  How long a failed verification is believed.
  验证失败的结果有效多久。
address_verify_negative_refresh_time time = 3h
  After how long a failed verification is tried again.
  验证失败的结果多久后重新探测。
address_verify_positive_expire_time time = 31d
  How long a successful verification is believed.
  验证成功的结果有效多久。
address_verify_positive_refresh_time time = 7d
  After how long a successful verification is checked again.
  验证成功的结果多久后重新探测。
address_verify_pending_request_limit int = 5000
  How many probes may be under way at a time.
  同时进行的地址探测数量上限。
address_verify_sender string = $double_bounce_sender
  The sender of verification probes.
  地址验证探测邮件的发件人。
address_verify_sender_ttl time = 0s
  How long a time-dependent probe sender stays the same.
  随时间变化的探测发件人地址保持不变的时间。
address_verify_service_name string = verify
  The name of the verification service.
  地址验证服务的名称。
@ smtpd
address_verify_poll_count int = \${stress?{1}:{3}}
  How often smtpd asks for a result before it answers the client.
  smtpd 回复客户端前查询验证结果的次数。
address_verify_poll_delay time = 3s
  The pause between these questions.
  两次查询之间的间隔。
@ cleanup
canonical_maps list =
  Tables that rewrite addresses in envelope and header, for example to full names.
  重写信封和邮件头中地址的查找表，例如改成全名地址。
canonical_classes list = envelope_sender, envelope_recipient, header_sender, header_recipient
  Which addresses canonical_maps rewrites.
  canonical_maps 重写哪些位置的地址。
sender_canonical_maps list =
  Tables that rewrite sender addresses only.
  只重写发件人地址的查找表。
sender_canonical_classes list = envelope_sender, header_sender
  Which sender addresses sender_canonical_maps rewrites.
  sender_canonical_maps 重写哪些位置的发件人地址。
recipient_canonical_maps list =
  Tables that rewrite recipient addresses only.
  只重写收件人地址的查找表。
recipient_canonical_classes list = envelope_recipient, header_recipient
  Which recipient addresses recipient_canonical_maps rewrites.
  recipient_canonical_maps 重写哪些位置的收件人地址。
masquerade_domains list =
  Domains below which host names are cut off addresses.
  把地址中的主机名隐去、只留下这些域。
masquerade_classes list = envelope_sender, header_sender, header_recipient
  Which addresses are masqueraded.
  对哪些位置的地址进行域名伪装。
masquerade_exceptions list =
  Users whose addresses are not masqueraded.
  不做域名伪装的用户。
propagate_unmatched_extensions list = canonical, virtual
  Which tables carry an address extension over to their result.
  哪些查找表把地址扩展部分带到结果中。
local_header_rewrite_clients list = permit_inet_interfaces
  Clients whose headers are completed with the local domain.
  对哪些客户端的邮件头用本地域名补全地址。
remote_header_rewrite_domain string =
  The domain that completes addresses in headers of other clients; empty leaves them alone.
  补全其他客户端邮件头地址所用的域；为空则不改动。
virtual_alias_maps list = $virtual_maps
  Tables that redirect mail of any domain to other addresses.
  把任意域的邮件改寄到其他地址的查找表。
virtual_alias_domains list = $virtual_alias_maps
  Domains that exist only as aliases to other addresses.
  只由别名构成、全部改寄他处的域。
virtual_alias_expansion_limit int = 1000
  How many recipients one address may expand to.
  一个地址最多展开成多少个收件人。
virtual_alias_recursion_limit int = 1000
  How deep virtual aliases may lead to each other.
  虚拟别名互相指向的最大深度。
virtual_alias_address_length_limit int = 1000
  How long an address may grow during expansion.
  别名展开过程中地址的最大长度。
`)
