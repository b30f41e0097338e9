/**
 * Who this host is, which mail is its own, and whom it trusts.
 *
 * postconf(5).
 */
import { parameterRows } from '#config/parameters/parameter.ts'

export const identityParameters = parameterRows(`
@ postfix
compatibility_level string = 0
  The Postfix version whose defaults hold, so that an upgrade does not change behaviour unasked.
  采用哪个 Postfix 版本的默认值，使升级不会擅自改变行为。
myhostname string = localhost.localdomain
  The full name by which this mail system calls itself; other parameters build on it.
  本邮件系统自称的完整主机名，许多参数以它为基础。
mydomain string = localdomain
  The domain of this host: its name without the first label.
  本机所属的域：主机名去掉第一段。
myorigin string = $myhostname
  The domain that is added to an address that has none, such as mail from a local user.
  补到没有域名的地址后面的域，例如本机用户寄出的信。
mydestination list = $myhostname, localhost.$mydomain, localhost
  The domains whose mail is delivered to users of this host.
  这些域的邮件投递给本机的系统用户。
mynetworks list = 127.0.0.0/8 [::1]/128
  The networks of trusted clients, who may relay through this server.
  受信任的客户端网络，它们可以通过本服务器转发邮件。
mynetworks_style enum(class,subnet,host) = \${{$compatibility_level} <level {2} ? {subnet} : {host}}
  How mynetworks is worked out when it is not set: this host, its subnets, or its address class.
  未设置 mynetworks 时如何推算：仅本机、所在子网或整个地址类。
inet_interfaces list = all
  The addresses of this host on which mail is received.
  在本机的哪些地址上接收邮件。
inet_protocols list = all
  Whether IPv4, IPv6 or both are used.
  使用 IPv4、IPv6 还是两者。
proxy_interfaces list =
  Addresses at which mail reaches this host through a proxy or address translator.
  邮件经代理或地址转换到达本机时所用的外部地址。
relay_domains list = \${{$compatibility_level} <level {2} ? {$mydestination} : {}}
  Other domains for which this server accepts mail to pass it on.
  本服务器还为哪些其他域接收并转交邮件。
relayhost string =
  The next hop for mail to other domains; without it mail goes straight to each domain's own servers.
  寄往外域的邮件的下一跳；不设时直接送到各域自己的服务器。
recipient_delimiter string =
  The characters that part a user name from its extension, as in alice+lists.
  用户名与扩展部分之间的分隔符，如 alice+lists 中的加号。
parent_domain_matches_subdomains list = debug_peer_list,fast_flush_domains,mynetworks,permit_mx_backup_networks,qmqpd_authorized_clients,relay_domains,smtpd_access_maps
  Features for which a domain in a list also stands for its subdomains.
  在哪些功能中，列表里的域同时代表它的子域。
mail_name string = Postfix
  The name of the mail system in greetings and Received lines.
  问候语和 Received 行里显示的邮件系统名称。
mail_version string = 3.7.11
  The version of Postfix.
  Postfix 的版本号。
mail_release_date string = 20240304
  The day this version of Postfix was released.
  这个 Postfix 版本的发布日期。
mail_owner string = postfix
  The system account that owns the queue and runs most daemons.
  拥有队列并运行大多数守护进程的系统账户。
setgid_group string = postdrop
  The group through which commands may drop mail into the queue.
  命令借助这个组把邮件放入队列。
default_privs string = nobody
  The account used to deliver to commands and files when no recipient account applies.
  没有收件人身份可用时，投递到命令和文件所用的账户。
soft_bounce bool = no
  Turns every permanent refusal into a temporary one: a safety net while testing.
  把所有永久拒绝改为临时拒绝，供测试时防止退信。
smtputf8_enable bool = \${{$compatibility_level} <level {1} ? {no} : {yes}}
  Whether addresses and headers beyond ASCII (SMTPUTF8) are supported.
  是否支持非 ASCII 的地址和邮件头（SMTPUTF8）。
smtputf8_autodetect_classes list = sendmail, verify
  For which kinds of mail the need for SMTPUTF8 is detected from the content.
  对哪些类型的邮件根据内容自动判断是否需要 SMTPUTF8。
strict_smtputf8 bool = no
  Whether SMTPUTF8 mail must be announced as such by the client.
  是否要求客户端必须声明 SMTPUTF8。
enable_idna2003_compatibility bool = no
  Whether domain names are converted by the older IDNA2003 rules.
  是否按旧的 IDNA2003 规则转换国际化域名。
known_tcp_ports list = lmtp=24, smtp=25, smtps=submissions=465, submission=587
  Names of TCP services with their ports, used before the system's own list.
  TCP 服务名与端口的对应表，优先于系统自带的列表。
@ postfix
config_directory string = /etc/postfix
  The folder of main.cf and master.cf.
  main.cf 和 master.cf 所在的目录。
command_directory string = /usr/sbin
  The folder of the administrator's commands, such as postconf.
  postconf 等管理命令所在的目录。
daemon_directory string = /usr/lib/postfix/sbin
  The folder of the Postfix daemons.
  Postfix 守护进程程序所在的目录。
data_directory string = /var/lib/postfix
  The folder of files that daemons write for themselves, such as caches.
  守护进程自己写入的文件（如缓存）所在的目录。
queue_directory string = /var/spool/postfix
  The top folder of the queue, and the root of daemons that run chrooted.
  队列的顶层目录，也是 chroot 运行的进程的根目录。
process_id_directory string = pid
  The folder of lock files with process numbers, below the queue directory.
  存放进程号锁文件的目录，位于队列目录之下。
meta_directory string = /etc/postfix
  The folder of files that describe the installation.
  描述安装情况的文件所在的目录。
shlib_directory string = /usr/lib/postfix
  The folder of the shared libraries of Postfix.
  Postfix 共享库所在的目录。
html_directory string = /usr/share/doc/postfix/html
  Where the HTML documentation is installed.
  HTML 文档的安装位置。
manpage_directory string = /usr/share/man
  Where the manual pages are installed.
  手册页的安装位置。
readme_directory string = /usr/share/doc/postfix
  Where the README files are installed.
  README 文件的安装位置。
sample_directory string = /etc/postfix
  Where sample configurations used to be installed.
  过去存放示例配置的位置。
sendmail_path string = /usr/sbin/sendmail
  Where the sendmail-compatible command is.
  与 sendmail 兼容的命令的位置。
mailq_path string = /usr/bin/mailq
  Where the mailq command is.
  mailq 命令的位置。
newaliases_path string = /usr/bin/newaliases
  Where the newaliases command is.
  newaliases 命令的位置。
openssl_path string = openssl
  The openssl command that postfix tls uses.
  postfix tls 使用的 openssl 命令。
alternate_config_directories list =
  Other configuration folders that ordinary users may name to set-gid commands.
  普通用户可以对 set-gid 命令指定的其他配置目录。
multi_instance_directories list =
  Configuration folders of further instances that one master instance manages.
  由主实例统一管理的其他实例的配置目录。
multi_instance_enable bool = no
  Whether this instance is started by postmulti.
  本实例是否由 postmulti 启动。
multi_instance_group string =
  The group of instances this one belongs to.
  本实例所属的实例组。
multi_instance_name string =
  The name of this instance, also used in the log.
  本实例的名称，也用于日志。
multi_instance_wrapper string =
  The command that manages several instances.
  管理多个实例的命令。
postmulti_control_commands list = reload flush
  Commands that postmulti sends to running instances only.
  postmulti 只对运行中的实例执行的命令。
postmulti_start_commands list = start
  Commands with which postmulti starts instances.
  postmulti 视为启动实例的命令。
postmulti_stop_commands list = stop abort drain quick-stop
  Commands with which postmulti stops instances, in reverse order.
  postmulti 按相反顺序停止实例的命令。
@ master
default_process_limit int = 100
  How many processes of one service may run, unless master.cf says otherwise.
  master.cf 未另作规定时，一个服务最多运行多少个进程。
master_service_disable list =
  Services of master.cf that are not started.
  master.cf 中不启动的服务。
max_idle time = 100s
  How long a daemon waits for another client before it ends.
  守护进程空闲多久没有新客户端后退出。
max_use int = 100
  How many clients a daemon process serves before it ends.
  一个守护进程服务多少个客户端后退出。
daemon_timeout time = 18000s
  How long a daemon may work on one request before it is killed.
  守护进程处理单个请求的最长时间，超时即被终止。
ipc_idle time = 5s
  After how long an unused connection between daemons is closed.
  守护进程之间的连接空闲多久后关闭。
ipc_timeout time = 3600s
  How long daemons wait for each other.
  守护进程之间互相等待的时限。
ipc_ttl time = 1000s
  The longest life of a connection between daemons.
  守护进程之间一条连接的最长寿命。
trigger_timeout time = 10s
  How long it may take to wake a daemon.
  唤醒一个守护进程的时限。
service_throttle_time time = 60s
  The pause before a daemon that failed is started again.
  守护进程异常后再次启动前的等待时间。
application_event_drain_time time = 100s
  How long master waits for events of a finished instance to drain.
  等待已退出程序的事件排空的时间。
fork_attempts int = 5
  How often starting a process is tried.
  尝试创建进程的次数。
fork_delay time = 1s
  The pause between attempts to start a process.
  两次尝试创建进程之间的间隔。
process_id int = 1
  The number of this process.
  本进程的进程号。
process_name string = postfix
  The name of this program.
  本程序的名称。
service_name string =
  The name of the service of master.cf that this process serves.
  本进程所属的 master.cf 服务名称。
stress string =
  Set to yes by master when a service has all its processes busy.
  某服务的进程全部忙碌时由 master 设为 yes。
import_environment list = MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ XAUTHORITY DISPLAY LANG=C POSTLOG_SERVICE POSTLOG_HOSTNAME
  Environment variables that Postfix takes over when it starts.
  Postfix 启动时接收的环境变量。
export_environment list = TZ MAIL_CONFIG LANG
  Environment variables that are passed on to other programs.
  传递给外部程序的环境变量。
daemon_table_open_error_is_fatal bool = no
  Whether a table that cannot be opened stops the daemon.
  查找表打不开时守护进程是否退出。
debugger_command string =
  The debugger to run when a daemon is started with -D.
  守护进程以 -D 启动时运行的调试命令。
fault_injection_code int = 0
  Simulates failures, for testing Postfix itself.
  模拟故障，用于测试 Postfix 本身。
@ postlogd
maillog_file string =
  A file to log to instead of syslog.
  用来代替 syslog 的日志文件。
maillog_file_compressor string = gzip
  The program that compresses an old log when logs are rotated.
  轮转日志时压缩旧日志的程序。
maillog_file_prefixes list = /var, /dev/stdout
  Folders in which maillog_file may lie.
  maillog_file 允许位于哪些目录下。
maillog_file_rotate_suffix string = %Y%m%d-%H%M%S
  The date format in the name of a rotated log.
  轮转后的日志文件名所带的日期格式。
postlog_service_name string = postlog
  The name of the logging service.
  日志服务的名称。
postlogd_watchdog_timeout time = 10s
  How long the logging service may be stuck.
  日志服务卡住多久即被终止。
syslog_facility string = mail
  The syslog facility of Postfix's log lines.
  Postfix 日志行使用的 syslog 类别。
syslog_name string = \${multi_instance_name?{$multi_instance_name}:{postfix}}
  The program name in front of each log line.
  每行日志前面的程序名称。
info_log_address_format enum(external,internal) = external
  Whether the log shows addresses quoted as in SMTP or as they are inside.
  日志中的地址按 SMTP 加引号的形式还是内部形式显示。
delay_logging_resolution_limit int = 2
  How many decimal digits delays have in the log.
  日志中延迟时间的小数位数。
respectful_logging bool = \${{$compatibility_level} <level {3.6} ? {no} : {yes}}
  Whether the log says allowlist and denylist rather than the older words.
  日志是否使用 allowlist 和 denylist 等新用语。
debug_peer_list list =
  Remote hosts about which more is logged.
  对哪些远程主机记录更详细的日志。
debug_peer_level int = 2
  How much more is logged about them.
  对这些主机增加的日志详细程度。
helpful_warnings bool = yes
  Whether likely mistakes in the configuration are logged.
  是否在日志中提示可能的配置错误。
`)
