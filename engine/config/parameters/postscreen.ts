/**
 * postscreen: the doorman who turns spam robots away before they reach smtpd.
 *
 * postconf(5).
 */
import { parameterRows } from '#config/parameters/parameter.ts'

export const postscreenParameters = parameterRows(`
@ postscreen
postscreen_access_list list = permit_mynetworks
  Clients that are let in or turned away at once.
  立即放行或拒绝的客户端名单。
postscreen_allowlist_interfaces list = \${postscreen_whitelist_interfaces?{$postscreen_whitelist_interfaces}:{static:all}}
  Local addresses on which a client may earn its way in.
  客户端可以在哪些本机地址上获得放行资格。
postscreen_denylist_action enum(ignore,enforce,drop) = \${postscreen_blacklist_action?{$postscreen_blacklist_action}:{ignore}}
  What is done with clients that the access list denies.
  对访问名单拒绝的客户端如何处理。
postscreen_bare_newline_action enum(ignore,enforce,drop) = ignore
  What is done with clients that end lines with LF alone.
  对以单独 LF 结束行的客户端如何处理。
postscreen_bare_newline_enable bool = no
  Whether that test is made.
  是否进行单独 LF 检测。
postscreen_bare_newline_ttl time = 30d
  How long passing that test counts.
  通过单独 LF 检测的结果有效多久。
postscreen_cache_cleanup_interval time = 12h
  How often old results are removed from the cache.
  多久清理一次缓存。
postscreen_cache_map string = btree:$data_directory/postscreen_cache
  The table that remembers test results.
  保存检测结果的查找表。
postscreen_cache_retention_time time = 7d
  How long an expired result is kept.
  过期结果再保留多久。
postscreen_client_connection_count_limit int = $smtpd_client_connection_count_limit
  How many connections one client may have at a time.
  一个客户端同时的连接数上限。
postscreen_command_count_limit int = 20
  How many commands a client may send to postscreen itself.
  客户端对 postscreen 发送的命令数上限。
postscreen_command_filter string =
  A table that changes commands before they are read.
  在解读之前修改客户端命令的查找表。
postscreen_command_time_limit time = \${stress?{10}:{300}}s
  How long a client may take for a command.
  客户端发送一条命令的时限。
postscreen_disable_vrfy_command bool = $disable_vrfy_command
  As disable_vrfy_command, in postscreen.
  postscreen 中的 disable_vrfy_command。
postscreen_discard_ehlo_keywords list = $smtpd_discard_ehlo_keywords
  As smtpd_discard_ehlo_keywords, in postscreen.
  postscreen 中的 smtpd_discard_ehlo_keywords。
postscreen_discard_ehlo_keyword_address_maps list = $smtpd_discard_ehlo_keyword_address_maps
  As smtpd_discard_ehlo_keyword_address_maps, in postscreen.
  postscreen 中的 smtpd_discard_ehlo_keyword_address_maps。
postscreen_dnsbl_action enum(ignore,enforce,drop) = ignore
  What is done with clients whose block-list score is too high.
  黑名单得分过高的客户端如何处理。
postscreen_dnsbl_sites list =
  Block and allow lists in DNS, with their weights.
  DNS 黑白名单及其权重。
postscreen_dnsbl_threshold int = 1
  The score from which a client is taken for a robot.
  得分达到多少即视为垃圾邮件程序。
postscreen_dnsbl_allowlist_threshold int = \${postscreen_dnsbl_whitelist_threshold?{$postscreen_dnsbl_whitelist_threshold}:{0}}
  The score from which other tests are left out.
  得分低到多少可免去其他检测。
postscreen_dnsbl_max_ttl time = \${postscreen_dnsbl_ttl?{$postscreen_dnsbl_ttl}:{1}}h
  The longest time a good block-list result counts.
  黑名单检测通过结果的最长有效期。
postscreen_dnsbl_min_ttl time = 60s
  The shortest time a good block-list result counts.
  黑名单检测通过结果的最短有效期。
postscreen_dnsbl_reply_map string =
  A table that hides the real names of block lists in replies.
  在应答中隐藏黑名单真实名称的查找表。
postscreen_dnsbl_timeout time = 10s
  How long block lists may take to answer.
  等待黑名单应答的时限。
postscreen_enforce_tls bool = $smtpd_enforce_tls
  As smtpd_enforce_tls, in postscreen.
  postscreen 中的 smtpd_enforce_tls。
postscreen_use_tls bool = $smtpd_use_tls
  As smtpd_use_tls, in postscreen.
  postscreen 中的 smtpd_use_tls。
postscreen_tls_security_level string = $smtpd_tls_security_level
  As smtpd_tls_security_level, in postscreen.
  postscreen 中的 smtpd_tls_security_level。
postscreen_expansion_filter string = $smtpd_expansion_filter
  As smtpd_expansion_filter, in postscreen.
  postscreen 中的 smtpd_expansion_filter。
postscreen_forbidden_commands list = $smtpd_forbidden_commands
  As smtpd_forbidden_commands, in postscreen.
  postscreen 中的 smtpd_forbidden_commands。
postscreen_greet_action enum(ignore,enforce,drop) = ignore
  What is done with clients that speak before the greeting ends.
  对抢在问候语之前说话的客户端如何处理。
postscreen_greet_banner string = $smtpd_banner
  The teaser text shown while postscreen waits for them.
  等待抢话客户端时先显示的问候文本。
postscreen_greet_ttl time = 1d
  How long passing that test counts.
  通过抢话检测的结果有效多久。
postscreen_greet_wait time = \${stress?{2}:{6}}s
  How long postscreen waits for them.
  等待抢话客户端的时间。
postscreen_helo_required bool = $smtpd_helo_required
  As smtpd_helo_required, in postscreen.
  postscreen 中的 smtpd_helo_required。
postscreen_non_smtp_command_action enum(ignore,enforce,drop) = drop
  What is done with clients that send commands of other protocols.
  对发送其他协议命令的客户端如何处理。
postscreen_non_smtp_command_enable bool = no
  Whether that test is made.
  是否进行其他协议命令检测。
postscreen_non_smtp_command_ttl time = 30d
  How long passing that test counts.
  通过其他协议命令检测的结果有效多久。
postscreen_pipelining_action enum(ignore,enforce,drop) = enforce
  What is done with clients that send commands too early.
  对过早发送后续命令的客户端如何处理。
postscreen_pipelining_enable bool = no
  Whether that test is made.
  是否进行过早发送命令检测。
postscreen_pipelining_ttl time = 30d
  How long passing that test counts.
  通过过早发送命令检测的结果有效多久。
postscreen_post_queue_limit int = $default_process_limit
  How many clients may wait for an smtpd process.
  等待 smtpd 进程的客户端数上限。
postscreen_pre_queue_limit int = $default_process_limit
  How many clients may be under test.
  正在接受检测的客户端数上限。
postscreen_reject_footer string = $smtpd_reject_footer
  As smtpd_reject_footer, in postscreen.
  postscreen 中的 smtpd_reject_footer。
postscreen_reject_footer_maps list = $smtpd_reject_footer_maps
  As smtpd_reject_footer_maps, in postscreen.
  postscreen 中的 smtpd_reject_footer_maps。
postscreen_upstream_proxy_protocol string =
  The protocol of a load balancer in front of postscreen.
  位于 postscreen 前的负载均衡所用的协议。
postscreen_upstream_proxy_timeout time = 5s
  How long that protocol may take.
  等待该协议信息的时限。
postscreen_watchdog_timeout time = 10s
  How long postscreen may be stuck.
  postscreen 卡住多久即被终止。
@ dnsblog
dnsblog_reply_delay time = 0s
  A delay added to block-list answers, for tests.
  测试时给黑名单应答附加的延迟。
dnsblog_service_name string = dnsblog
  The name of the service that asks block lists.
  查询黑名单的服务名称。
`)
