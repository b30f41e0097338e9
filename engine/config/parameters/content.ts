/**
 * What cleanup does to a message: checks, additions, limits, MIME and milters.
 *
 * postconf(5).
 */
import { parameterRows } from '#config/parameters/parameter.ts'

export const contentParameters = parameterRows(`
@ cleanup
always_add_missing_headers bool = no
  Whether From, Date and Message-Id are added to every message that lacks them.
  是否给所有缺少 From、Date、Message-Id 的邮件补上这些头。
always_bcc string =
  An address that gets a copy of every message.
  每封邮件都抄送一份给这个地址。
sender_bcc_maps list =
  Tables that add a hidden copy, by the sender.
  按发件人添加密送的查找表。
recipient_bcc_maps list =
  Tables that add a hidden copy, by the recipient.
  按收件人添加密送的查找表。
header_checks list =
  Patterns for header lines, with what to do when one matches.
  邮件头的匹配规则及命中后的动作。
mime_header_checks list = $header_checks
  Patterns for MIME headers.
  MIME 头的匹配规则。
nested_header_checks list = $header_checks
  Patterns for headers of attached messages.
  附带邮件的邮件头匹配规则。
body_checks list =
  Patterns for lines of the body.
  邮件正文各行的匹配规则。
body_checks_size_limit size = 51200
  How many bytes of each part body_checks looks at.
  body_checks 检查每个部分的前多少字节。
message_size_limit size = 10240000
  The largest message that is accepted, in bytes.
  可接收邮件的最大字节数。
header_size_limit size = 102400
  How many bytes of a header are kept.
  一个邮件头最多保留的字节数。
header_address_token_limit int = 10240
  How many tokens of an address header are looked at.
  解析地址类邮件头时最多处理的记号数。
header_from_format enum(standard,obsolete) = standard
  How the From line that Postfix adds is written.
  Postfix 添加的 From 行采用的写法。
hopcount_limit int = 50
  How many Received lines a message may have before it is taken for a loop.
  邮件的 Received 行超过多少即视为循环。
message_drop_headers list = bcc, content-length, resent-bcc, return-path
  Headers that are removed from messages.
  从邮件中删除的邮件头。
message_reject_characters string =
  Characters that make a message refused.
  含有这些字符的邮件被拒绝。
message_strip_characters string =
  Characters that are removed from messages.
  从邮件中删除的字符。
undisclosed_recipients_header string =
  The To line added when a message names no recipient.
  邮件头没有收件人时补上的 To 行。
enable_original_recipient bool = yes
  Whether the address before rewriting is kept and shown in X-Original-To.
  是否保留改写前的收件人并写入 X-Original-To。
duplicate_filter_limit int = 1000
  How many recipients are remembered to drop repeated ones.
  为去除重复收件人而记住的地址数量。
queue_file_attribute_count_limit int = 100
  How many attributes a queue file may have.
  一个队列文件最多包含的属性数。
enable_long_queue_ids bool = no
  Whether queue ids are long and never used again.
  是否使用不会重复的长队列标识。
cleanup_replace_stray_cr_lf bool = yes
  Whether a CR or LF that stands alone becomes a space.
  是否把单独出现的 CR 或 LF 换成空格。
cleanup_service_name string = cleanup
  The name of the cleanup service.
  cleanup 服务的名称。
sun_mailtool_compatibility bool = no
  Ignored; once helped an old mail program.
  已无作用，过去用于兼容某个旧邮件程序。
disable_mime_input_processing bool = no
  Whether MIME structure is left unread.
  是否不解析邮件的 MIME 结构。
mime_boundary_length_limit size = 2048
  How many characters of a MIME boundary count.
  MIME 分隔串参与比较的最大长度。
mime_nesting_limit int = 100
  How deep MIME parts may be nested.
  MIME 部分嵌套的最大深度。
detect_8bit_encoding_header bool = yes
  Whether a message with eight-bit text is labelled 8BITMIME.
  含八位文本的邮件是否自动标为 8BITMIME。
strict_7bit_headers bool = no
  Whether eight-bit text in headers is refused.
  是否拒绝邮件头中的八位文本。
strict_8bitmime bool = no
  Turns on both strict_7bit_headers and strict_8bitmime_body.
  同时启用 strict_7bit_headers 和 strict_8bitmime_body。
strict_8bitmime_body bool = no
  Whether eight-bit bodies without a MIME label are refused.
  是否拒绝没有 MIME 标注的八位正文。
strict_mime_encoding_domain bool = no
  Whether wrong encodings of composite MIME types are refused.
  是否拒绝复合 MIME 类型使用不合规的编码。
internal_mail_filter_classes list =
  Which mail made by Postfix itself is also checked.
  Postfix 自己生成的哪些邮件也要经过内容检查。
receive_override_options list =
  Parts of the work to leave out for mail of this service, such as milters or address mappings.
  对该服务收到的邮件省去哪些处理，如 milter 或地址映射。
content_filter string =
  A transport through which all mail goes before delivery.
  所有邮件在投递前先经过的过滤传输。
default_filter_nexthop string =
  The next hop of a content filter that names none.
  内容过滤未指定下一跳时使用的下一跳。
@ smtpd cleanup
smtpd_milters list =
  Milter programs that see mail which comes by SMTP.
  检查经 SMTP 到来邮件的 milter 程序。
non_smtpd_milters list =
  Milter programs that see mail which does not come by SMTP.
  检查非 SMTP 来源邮件的 milter 程序。
smtpd_milter_maps list =
  Tables that choose milters by the client's address.
  按客户端地址选择 milter 的查找表。
milter_default_action enum(accept,reject,tempfail,quarantine,shutdown) = tempfail
  What happens to mail when a milter fails.
  milter 出错时如何处理邮件。
milter_protocol int = 6
  The version of the milter protocol.
  milter 协议的版本。
milter_connect_timeout time = 30s
  How long connecting to a milter may take.
  连接 milter 的时限。
milter_command_timeout time = 30s
  How long a milter may take for an SMTP command.
  milter 处理一条 SMTP 命令的时限。
milter_content_timeout time = 300s
  How long a milter may take for the message.
  milter 处理邮件内容的时限。
milter_header_checks list =
  Patterns for headers that a milter adds.
  对 milter 添加的邮件头的匹配规则。
milter_connect_macros list = j {daemon_name} {daemon_addr} v _
  Macros sent to milters when a client connects.
  客户端连接时发送给 milter 的宏。
milter_helo_macros list = {tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}
  Macros sent to milters after HELO.
  HELO 之后发送给 milter 的宏。
milter_mail_macros list = i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} {mail_mailer}
  Macros sent to milters after MAIL.
  MAIL 之后发送给 milter 的宏。
milter_rcpt_macros list = i {rcpt_addr} {rcpt_host} {rcpt_mailer}
  Macros sent to milters after RCPT.
  RCPT 之后发送给 milter 的宏。
milter_data_macros list = i
  Macros sent to milters after DATA.
  DATA 之后发送给 milter 的宏。
milter_end_of_header_macros list = i
  Macros sent to milters at the end of the header.
  邮件头结束时发送给 milter 的宏。
milter_end_of_data_macros list = i
  Macros sent to milters at the end of the message.
  邮件结束时发送给 milter 的宏。
milter_unknown_command_macros list =
  Macros sent to milters after an unknown command.
  收到未知命令后发送给 milter 的宏。
milter_macro_daemon_name string = $myhostname
  The value of the macro {daemon_name}.
  宏 {daemon_name} 的值。
milter_macro_defaults list =
  Values of macros when nothing else gives one.
  宏没有其他来源时的默认值。
milter_macro_v string = $mail_name $mail_version
  The value of the macro v.
  宏 v 的值。
`)
