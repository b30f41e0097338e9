/**
 * The queue: how long mail waits, how much goes at once, and what the sender hears.
 *
 * postconf(5).
 */
import { parameterRows } from '#config/parameters/parameter.ts'

export const queueParameters = parameterRows(`
@ qmgr
maximal_queue_lifetime time = 5d
  How long a message is tried before it is returned to its sender.
  邮件尝试投递多久后退回发件人。
bounce_queue_lifetime time = 5d
  How long a bounce message is tried before it is given up.
  退信尝试投递多久后放弃。
minimal_backoff_time time = 300s
  The shortest wait before a deferred message is tried again.
  延迟邮件再次尝试前的最短等待时间。
maximal_backoff_time time = 4000s
  The longest wait before a deferred message is tried again.
  延迟邮件再次尝试前的最长等待时间。
queue_run_delay time = 300s
  How often the deferred queue is searched for mail whose time has come.
  多久扫描一次延迟队列，找出到期的邮件。
defer_transports list =
  Transports whose mail waits until someone flushes the queue.
  这些传输方式的邮件一直等到手动清空队列时才发送。
default_destination_concurrency_limit int = 20
  How many deliveries to one destination may run at once.
  对同一目的地同时进行的投递数量上限。
initial_destination_concurrency int = 5
  How many deliveries to a new destination start at once.
  对一个新目的地最初同时进行的投递数量。
default_destination_recipient_limit int = 50
  How many recipients one delivery may have.
  一次投递最多包含多少收件人。
default_destination_rate_delay time = 0s
  The pause between deliveries to one destination.
  对同一目的地两次投递之间的间隔。
default_transport_rate_delay time = 0s
  The pause between deliveries by one transport.
  同一传输方式两次投递之间的间隔。
default_destination_concurrency_failed_cohort_limit int = 1
  How many failed rounds of deliveries make a destination count as dead.
  多少轮投递失败后认定目的地不可用。
default_destination_concurrency_negative_feedback int = 1
  How much a failed delivery lowers the concurrency of its destination.
  投递失败时并发数降低多少。
default_destination_concurrency_positive_feedback int = 1
  How much a delivery that worked raises the concurrency of its destination.
  投递成功时并发数提高多少。
destination_concurrency_feedback_debug bool = no
  Whether changes of concurrency are logged.
  是否记录并发数的变化。
default_delivery_slot_cost int = 5
  How many deliveries a large message must make before another may go ahead of it.
  大邮件完成多少次投递后才允许其他邮件插队。
default_delivery_slot_discount int = 50
  The discount, in percent, when a message goes ahead of another.
  邮件插队时名额的折扣百分比。
default_delivery_slot_loan int = 3
  How many slots a message may borrow to go ahead.
  邮件插队时可预支的名额数。
default_minimum_delivery_slots int = 3
  How large a message must be to let others go ahead of it.
  邮件至少要有多少投递名额才允许被插队。
default_recipient_limit int = 20000
  How many recipients of one transport are held in memory.
  每种传输方式在内存中最多保留的收件人数。
default_extra_recipient_limit int = 1000
  How many more recipients a preempting message may hold in memory.
  插队邮件额外可保留在内存中的收件人数。
default_recipient_refill_limit int = 100
  How many recipients are read at a time for a large message.
  大邮件每次补充读入的收件人数。
default_recipient_refill_delay time = 5s
  How long to wait at most before more recipients are read.
  补充读入收件人前最多等待的时间。
qmgr_message_active_limit int = 20000
  How many messages the active queue holds.
  活动队列最多容纳的邮件数。
qmgr_message_recipient_limit int = 20000
  How many recipients of all messages are held in memory.
  所有邮件在内存中保留的收件人总数上限。
qmgr_message_recipient_minimum int = 10
  How many recipients of each message are held in memory at least.
  每封邮件至少在内存中保留的收件人数。
qmgr_fudge_factor int = 100
  Ignored; once shared resources between large and small messages.
  已无作用，过去用于在大小邮件之间分配资源。
qmgr_clog_warn_time time = 300s
  How often a destination that fills the active queue is reported.
  某目的地堵塞活动队列时多久警告一次。
qmgr_daemon_timeout time = 1000s
  How long the queue manager may be stuck.
  队列管理器卡住多久即被终止。
qmgr_ipc_timeout time = 60s
  How long the queue manager waits for another daemon.
  队列管理器等待其他守护进程的时限。
in_flow_delay time = 1s
  How long new mail waits when it comes faster than it goes.
  邮件进得比出得快时，新邮件稍等的时间。
hash_queue_names list = deferred, defer
  Queues whose files are spread over subfolders.
  哪些队列把文件分散到子目录中。
hash_queue_depth int = 1
  How many levels of subfolders they have.
  队列子目录的层数。
queue_service_name string = qmgr
  The name of the queue manager's service.
  队列管理服务的名称。
dont_remove int = 0
  Whether queue files are kept after delivery, for finding faults in Postfix.
  投递后是否保留队列文件，用于排查 Postfix 的问题。
@ bounce
notify_classes list = resource, software
  About which kinds of trouble the postmaster gets a letter.
  哪些类型的问题会寄信通知 postmaster。
bounce_notice_recipient string = postmaster
  Who gets copies of bounced mail, when notify_classes asks for it.
  notify_classes 要求时，退信副本寄给谁。
2bounce_notice_recipient string = postmaster
  Who gets bounces that could not be returned themselves.
  退信本身也退不回去时寄给谁。
delay_notice_recipient string = postmaster
  Who is told of delayed mail.
  邮件延迟的通知寄给谁。
error_notice_recipient string = postmaster
  Who is told of software and resource problems.
  软件或资源问题的通知寄给谁。
delay_warning_time time = 0h
  After how long the sender is told that a message is late; 0 means never.
  邮件延迟多久后通知发件人，0 表示不通知。
confirm_delay_cleared bool = no
  Whether the sender is told when a late message got through after all.
  延迟的邮件终于送达时是否通知发件人。
bounce_size_limit size = 50000
  How much of a message is sent back with a bounce.
  退信中最多附带原邮件的字节数。
bounce_template_file string =
  A file with texts of your own for bounces.
  自定义退信文本的文件。
double_bounce_sender string = double-bounce
  The sender of mail that is dropped when it cannot be returned.
  发信人为此地址的邮件退不回去时直接丢弃。
enable_threaded_bounces bool = no
  Whether a bounce refers to the thread of the message it returns.
  退信是否与原邮件归入同一会话串。
backwards_bounce_logfile_compatibility bool = yes
  Whether records of bounces are also written in the older form.
  是否同时用旧格式写退信记录。
disable_verp_bounces bool = no
  Whether VERP mail gets one bounce instead of one for each recipient.
  VERP 邮件是否只发一封退信而不是逐个收件人退信。
default_verp_delimiters string = +=
  The two characters with which VERP writes a recipient into the sender.
  VERP 把收件人写入发件人地址所用的两个分隔符。
verp_delimiter_filter string = -=+
  Characters that may serve as VERP delimiters.
  可用作 VERP 分隔符的字符。
bounce_service_name string = bounce
  The name of the service that keeps records of bounced mail.
  记录退信的服务名称。
defer_service_name string = defer
  The name of the service that keeps records of deferred mail.
  记录延迟邮件的服务名称。
trace_service_name string = trace
  The name of the service that keeps records for delivery reports.
  记录投递报告的服务名称。
error_service_name string = error
  The name of the service that returns mail without trying.
  不尝试投递直接退信的服务名称。
default_delivery_status_filter string =
  Tables that replace the status and text of deliveries.
  替换投递状态码和文本的查找表。
@ flush
fast_flush_domains list = $relay_domains
  Domains for which waiting mail is remembered, so that it can be flushed at once.
  为哪些域记录待发邮件，以便按域立即发送。
fast_flush_purge_time time = 7d
  After how long an empty record of a domain is removed.
  空的按域记录多久后删除。
fast_flush_refresh_time time = 12h
  After how long the record of a domain is refreshed.
  按域记录多久后刷新。
flush_service_name string = flush
  The name of the flush service.
  flush 服务的名称。
@ scache
connection_cache_ttl_limit time = 2s
  The longest time a saved connection is kept.
  缓存连接最多保留的时间。
connection_cache_status_update_time time = 600s
  How often the connection cache is summed up in the log.
  多久在日志中汇总一次连接缓存的使用情况。
connection_cache_protocol_timeout time = 5s
  How long handing over a saved connection may take.
  交接缓存连接的时限。
connection_cache_service_name string = scache
  The name of the connection cache service.
  连接缓存服务的名称。
@ anvil
anvil_rate_time_unit time = 60s
  The time over which client rates are counted.
  统计客户端速率所用的时间单位。
anvil_status_update_time time = 600s
  How often the highest rates are logged.
  多久记录一次最高速率。
@ showq postqueue
showq_service_name string = showq
  The name of the service that lists the queue.
  列出队列的服务名称。
authorized_flush_users list = static:anyone
  Who may flush the queue.
  谁可以清空（立即发送）队列。
authorized_mailq_users list = static:anyone
  Who may see the queue.
  谁可以查看队列。
authorized_submit_users list = static:anyone
  Who may submit mail with the sendmail command.
  谁可以用 sendmail 命令提交邮件。
@ pickup
pickup_service_name string = pickup
  The name of the service that collects mail from the maildrop queue.
  从 maildrop 队列收取邮件的服务名称。
@ sendmail
sendmail_fix_line_endings string = always
  When the sendmail command turns CRLF into LF.
  sendmail 命令何时把 CRLF 转换为 LF。
`)
