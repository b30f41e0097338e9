/**
 * Delivery on this host: aliases, .forward, mailboxes, virtual mailboxes and commands.
 *
 * postconf(5).
 */
import { parameterRows } from '#config/parameters/parameter.ts'

export const localParameters = parameterRows(`
@ local
alias_maps list = hash:/etc/aliases, nis:mail.aliases
  Tables of aliases that local delivery looks up.
  本地投递使用的别名表。
alias_database list = hash:/etc/aliases
  Alias tables that newaliases rebuilds.
  newaliases 命令重建的别名数据库。
local_recipient_maps list = proxy:unix:passwd.byname $alias_maps
  Tables of all users and aliases that exist here; others are refused at RCPT.
  本机所有用户和别名的查找表，不在其中的收件人在 RCPT 时被拒绝。
home_mailbox string =
  The mailbox below the user's home; with a slash at its end it is a Maildir.
  用户主目录下的信箱，以斜杠结尾表示 Maildir。
mail_spool_directory string = /var/mail
  The folder of mailboxes named after users; with a slash at its end they are Maildirs.
  以用户名命名的信箱所在目录，以斜杠结尾表示 Maildir。
mailbox_command string =
  A command that delivers to the mailbox instead of Postfix.
  代替 Postfix 写信箱的外部命令。
mailbox_command_maps list =
  Tables that give such a command for each user.
  按用户指定投递命令的查找表。
mailbox_transport string =
  A transport that delivers all local mail, for example LMTP to Dovecot.
  投递全部本地邮件的传输方式，例如用 LMTP 交给 Dovecot。
mailbox_transport_maps list =
  Tables that give such a transport for each user.
  按用户指定投递传输方式的查找表。
fallback_transport string =
  A transport for recipients that are no users here.
  本机没有该用户时使用的传输方式。
fallback_transport_maps list =
  Tables that give such a transport for each recipient.
  按收件人指定后备传输方式的查找表。
luser_relay string =
  An address that gets mail for unknown local users.
  寄给未知本地用户的邮件转到这个地址。
mailbox_size_limit size = 51200000
  The largest size of a mailbox, in bytes; 0 means no limit.
  信箱的最大字节数，0 表示不限。
mailbox_delivery_lock list = fcntl, dotlock
  How a mailbox is locked while mail is added.
  写入信箱时使用的加锁方式。
deliver_lock_attempts int = 20
  How often locking a mailbox is tried.
  尝试锁定信箱的次数。
deliver_lock_delay time = 1s
  The pause between these attempts.
  两次尝试锁定之间的间隔。
stale_lock_time time = 500s
  After how long a forgotten lock file is removed.
  遗留的锁文件多久后删除。
forward_path list = $home/.forward\${recipient_delimiter}\${extension}, $home/.forward
  Where a user's .forward file may be.
  用户 .forward 文件的可能位置。
allow_mail_to_commands list = alias, forward
  Whether aliases, .forward or included files may name commands.
  别名、.forward 或 include 文件中是否允许投递到命令。
allow_mail_to_files list = alias, forward
  Whether aliases, .forward or included files may name files.
  别名、.forward 或 include 文件中是否允许投递到文件。
expand_owner_alias bool = no
  Whether the sender becomes the target of owner-list rather than owner-list itself.
  发件人是否改为 owner-列表 所指的地址而不是 owner-列表 本身。
owner_request_special bool = yes
  Whether owner-list and list-request have a special meaning.
  owner-列表 和 列表-request 是否有特殊含义。
reset_owner_alias bool = no
  Whether the owner is looked for again when one alias leads to another.
  别名指向另一别名时是否重新确定所有者。
prepend_delivered_header list = command, file, forward
  On which kinds of delivery a Delivered-To line is added.
  在哪些投递方式中添加 Delivered-To 行。
frozen_delivered_to bool = yes
  Whether Delivered-To is checked only once for each alias expansion.
  别名展开时是否只检查一次 Delivered-To。
biff bool = yes
  Whether users who are logged in are told of new mail.
  是否通知已登录的用户有新邮件。
local_command_shell string =
  The shell that runs commands of aliases and .forward files.
  运行别名和 .forward 中命令的 shell。
command_expansion_filter string = 1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ
  Characters that may appear in values put into a command.
  代入命令的值中允许的字符。
command_execution_directory string =
  The folder in which commands run.
  命令运行时所在的目录。
execution_directory_expansion_filter string = 1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ
  Characters that may appear in values put into that folder's name.
  代入该目录名的值中允许的字符。
command_time_limit time = 1000s
  How long a command may run.
  命令运行的时限。
forward_expansion_filter string = 1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ
  Characters that may appear in values put into forward_path.
  代入 forward_path 的值中允许的字符。
require_home_directory bool = no
  Whether a user's home must exist before mail is delivered.
  投递前是否要求用户主目录存在。
strict_mailbox_ownership bool = yes
  Whether a mailbox must belong to its user.
  是否要求信箱文件属于该用户。
local_delivery_status_filter string = $default_delivery_status_filter
  As default_delivery_status_filter, for local delivery.
  本地投递使用的 default_delivery_status_filter。
@ local newaliases postmap
default_database_type string = hash
  The table type of commands when none is named.
  命令未指明类型时使用的查找表类型。
berkeley_db_create_buffer_size size = 16777216
  The buffer for building hash and btree tables.
  建立 hash 和 btree 表时的缓冲区大小。
berkeley_db_read_buffer_size size = 131072
  The buffer for reading hash and btree tables.
  读取 hash 和 btree 表时的缓冲区大小。
lmdb_map_size size = 16777216
  The first size of an LMDB table.
  LMDB 表的初始大小。
@ virtual
virtual_mailbox_domains list = $virtual_mailbox_maps
  Domains whose mailboxes belong to no system users.
  信箱不对应系统用户的域。
virtual_mailbox_maps list =
  Tables of virtual mailboxes: address and file.
  虚拟信箱的查找表：地址与文件。
virtual_mailbox_base string =
  The folder below which all virtual mailboxes lie.
  所有虚拟信箱所在的目录。
virtual_mailbox_limit size = 51200000
  The largest size of a virtual mailbox, in bytes.
  虚拟信箱的最大字节数。
virtual_mailbox_lock list = fcntl, dotlock
  How a virtual mailbox is locked.
  虚拟信箱的加锁方式。
virtual_uid_maps list =
  Tables of the user id that owns a virtual mailbox.
  虚拟信箱所属用户号的查找表。
virtual_gid_maps list =
  Tables of the group id that owns a virtual mailbox.
  虚拟信箱所属组号的查找表。
virtual_minimum_uid int = 100
  The lowest user id that a virtual mailbox may have.
  虚拟信箱允许的最小用户号。
virtual_delivery_status_filter string = $default_delivery_status_filter
  As default_delivery_status_filter, for virtual delivery.
  虚拟投递使用的 default_delivery_status_filter。
@ pipe
pipe_delivery_status_filter string = $default_delivery_status_filter
  As default_delivery_status_filter, for delivery to commands.
  投递到命令时使用的 default_delivery_status_filter。
@ proxymap
proxy_read_maps list = $local_recipient_maps $mydestination $virtual_alias_maps $virtual_alias_domains $virtual_mailbox_maps $virtual_mailbox_domains $relay_recipient_maps $relay_domains $canonical_maps $sender_canonical_maps $recipient_canonical_maps $relocated_maps $transport_maps $mynetworks $smtpd_sender_login_maps $sender_bcc_maps $recipient_bcc_maps $smtp_generic_maps $lmtp_generic_maps $alias_maps $smtpd_client_restrictions $smtpd_helo_restrictions $smtpd_sender_restrictions $smtpd_relay_restrictions $smtpd_recipient_restrictions $address_verify_sender_dependent_default_transport_maps $address_verify_sender_dependent_relayhost_maps $address_verify_transport_maps $fallback_transport_maps $lmtp_discard_lhlo_keyword_address_maps $lmtp_pix_workaround_maps $lmtp_sasl_password_maps $lmtp_tls_policy_maps $mailbox_command_maps $mailbox_transport_maps $postscreen_discard_ehlo_keyword_address_maps $rbl_reply_maps $sender_dependent_default_transport_maps $sender_dependent_relayhost_maps $smtp_discard_ehlo_keyword_address_maps $smtp_pix_workaround_maps $smtp_sasl_password_maps $smtp_tls_policy_maps $smtpd_discard_ehlo_keyword_address_maps $smtpd_milter_maps $virtual_gid_maps $virtual_uid_maps $local_login_sender_maps $postscreen_reject_footer_maps $smtpd_reject_footer_maps $tls_server_sni_maps $tlsproxy_client_policy_maps $default_delivery_status_filter $lmtp_delivery_status_filter $lmtp_dns_reply_filter $lmtp_reply_filter $local_delivery_status_filter $pipe_delivery_status_filter $postscreen_command_filter $smtp_delivery_status_filter $smtp_dns_reply_filter $smtp_reply_filter $smtpd_command_filter $smtpd_dns_reply_filter $virtual_delivery_status_filter $body_checks $header_checks $lmtp_body_checks $lmtp_header_checks $lmtp_mime_header_checks $lmtp_nested_header_checks $milter_header_checks $mime_header_checks $nested_header_checks $smtp_body_checks $smtp_header_checks $smtp_mime_header_checks $smtp_nested_header_checks
  Tables that may be read through proxymap.
  允许经 proxymap 读取的查找表。
proxy_write_maps list = $smtp_sasl_auth_cache_name $lmtp_sasl_auth_cache_name $address_verify_map $postscreen_cache_map
  Tables that may be changed through proxywrite.
  允许经 proxywrite 修改的查找表。
proxymap_service_name string = proxymap
  The name of the service that reads tables for others.
  代为读取查找表的服务名称。
proxywrite_service_name string = proxywrite
  The name of the service that changes tables for others.
  代为修改查找表的服务名称。
`)
