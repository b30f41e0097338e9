/**
 * The others.
 *
 * postconf(5).
 */
import { parameterRows } from '#config/parameters/parameter.ts'

export const rest = parameterRows(`
@ postfix
2bounce_notice_recipient string = postmaster
  .
  。
access_map_defer_code int = 450
  .
  。
access_map_reject_code int = 554
  .
  。
address_verify_cache_cleanup_interval time = 12h
  .
  。
address_verify_default_transport string = $default_transport
  .
  。
address_verify_local_transport string = $local_transport
  .
  。
address_verify_map string = btree:$data_directory/verify_cache
  .
  。
address_verify_negative_cache bool = yes
  .
  。
address_verify_negative_expire_time time = 3d
  .
  。
address_verify_negative_refresh_time time = 3h
  .
  。
address_verify_pending_request_limit int = 5000
  .
  。
address_verify_poll_count int = \${stress?{1}:{3}}
  .
  。
address_verify_poll_delay time = 3s
  .
  。
address_verify_positive_expire_time time = 31d
  .
  。
address_verify_positive_refresh_time time = 7d
  .
  。
address_verify_relay_transport string = $relay_transport
  .
  。
address_verify_relayhost string = $relayhost
  .
  。
address_verify_sender string = $double_bounce_sender
  .
  。
address_verify_sender_dependent_default_transport_maps list = $sender_dependent_default_transport_maps
  .
  。
address_verify_sender_dependent_relayhost_maps list = $sender_dependent_relayhost_maps
  .
  。
address_verify_sender_ttl time = 0s
  .
  。
address_verify_service_name string = verify
  .
  。
address_verify_transport_maps list = $transport_maps
  .
  。
address_verify_virtual_transport string = $virtual_transport
  .
  。
alias_database list = hash:/etc/aliases
  .
  。
alias_maps list = hash:/etc/aliases, nis:mail.aliases
  .
  。
allow_mail_to_commands list = alias, forward
  .
  。
allow_mail_to_files list = alias, forward
  .
  。
allow_min_user bool = no
  .
  。
allow_percent_hack bool = yes
  .
  。
allow_untrusted_routing bool = no
  .
  。
alternate_config_directories list =
  .
  。
always_add_missing_headers bool = no
  .
  。
always_bcc string =
  .
  。
anvil_rate_time_unit time = 60s
  .
  。
anvil_status_update_time time = 600s
  .
  。
append_at_myorigin bool = yes
  .
  。
append_dot_mydomain bool = \${{$compatibility_level} <level {1} ? {yes} : {no}}
  .
  。
application_event_drain_time time = 100s
  .
  。
authorized_flush_users list = static:anyone
  .
  。
authorized_mailq_users list = static:anyone
  .
  。
authorized_submit_users list = static:anyone
  .
  。
backwards_bounce_logfile_compatibility bool = yes
  .
  。
berkeley_db_create_buffer_size size = 16777216
  .
  。
berkeley_db_read_buffer_size size = 131072
  .
  。
best_mx_transport string =
  .
  。
biff bool = yes
  .
  。
body_checks list =
  .
  。
body_checks_size_limit size = 51200
  .
  。
bounce_notice_recipient string = postmaster
  .
  。
bounce_queue_lifetime time = 5d
  .
  。
bounce_service_name string = bounce
  .
  。
bounce_size_limit size = 50000
  .
  。
bounce_template_file string =
  .
  。
broken_sasl_auth_clients bool = no
  .
  。
canonical_classes list = envelope_sender, envelope_recipient, header_sender, header_recipient
  .
  。
canonical_maps list =
  .
  。
cleanup_replace_stray_cr_lf bool = yes
  .
  。
cleanup_service_name string = cleanup
  .
  。
command_directory string = /usr/sbin
  .
  。
command_execution_directory string =
  .
  。
command_expansion_filter string = 1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ
  .
  。
command_time_limit time = 1000s
  .
  。
compatibility_level string = 0
  .
  。
config_directory string = /etc/postfix
  .
  。
confirm_delay_cleared bool = no
  .
  。
connection_cache_protocol_timeout time = 5s
  .
  。
connection_cache_service_name string = scache
  .
  。
connection_cache_status_update_time time = 600s
  .
  。
connection_cache_ttl_limit time = 2s
  .
  。
content_filter string =
  .
  。
cyrus_sasl_config_path string =
  .
  。
daemon_directory string = /usr/lib/postfix/sbin
  .
  。
daemon_table_open_error_is_fatal bool = no
  .
  。
daemon_timeout time = 18000s
  .
  。
data_directory string = /var/lib/postfix
  .
  。
debug_peer_level int = 2
  .
  。
debug_peer_list list =
  .
  。
debugger_command string =
  .
  。
default_database_type string = hash
  .
  。
default_delivery_slot_cost int = 5
  .
  。
default_delivery_slot_discount int = 50
  .
  。
default_delivery_slot_loan int = 3
  .
  。
default_delivery_status_filter string =
  .
  。
default_destination_concurrency_failed_cohort_limit int = 1
  .
  。
default_destination_concurrency_limit int = 20
  .
  。
default_destination_concurrency_negative_feedback int = 1
  .
  。
default_destination_concurrency_positive_feedback int = 1
  .
  。
default_destination_rate_delay time = 0s
  .
  。
default_destination_recipient_limit int = 50
  .
  。
default_extra_recipient_limit int = 1000
  .
  。
default_filter_nexthop string =
  .
  。
default_minimum_delivery_slots int = 3
  .
  。
default_privs string = nobody
  .
  。
default_process_limit int = 100
  .
  。
default_rbl_reply string = $rbl_code Service unavailable; $rbl_class [$rbl_what] blocked using $rbl_domain\${rbl_reason?; $rbl_reason}
  .
  。
default_recipient_limit int = 20000
  .
  。
default_recipient_refill_delay time = 5s
  .
  。
default_recipient_refill_limit int = 100
  .
  。
default_transport string = smtp
  .
  。
default_transport_rate_delay time = 0s
  .
  。
default_verp_delimiters string = +=
  .
  。
defer_code int = 450
  .
  。
defer_service_name string = defer
  .
  。
defer_transports list =
  .
  。
delay_logging_resolution_limit int = 2
  .
  。
delay_notice_recipient string = postmaster
  .
  。
delay_warning_time time = 0h
  .
  。
deliver_lock_attempts int = 20
  .
  。
deliver_lock_delay time = 1s
  .
  。
destination_concurrency_feedback_debug bool = no
  .
  。
detect_8bit_encoding_header bool = yes
  .
  。
disable_dns_lookups bool = no
  .
  。
disable_mime_input_processing bool = no
  .
  。
disable_mime_output_conversion bool = no
  .
  。
disable_verp_bounces bool = no
  .
  。
disable_vrfy_command bool = no
  .
  。
dns_ncache_ttl_fix_enable bool = no
  .
  。
dnsblog_reply_delay time = 0s
  .
  。
dnsblog_service_name string = dnsblog
  .
  。
dnssec_probe string = ns:.
  .
  。
dont_remove int = 0
  .
  。
double_bounce_sender string = double-bounce
  .
  。
duplicate_filter_limit int = 1000
  .
  。
empty_address_default_transport_maps_lookup_key string = <>
  .
  。
empty_address_local_login_sender_maps_lookup_key string = <>
  .
  。
empty_address_recipient string = MAILER-DAEMON
  .
  。
empty_address_relayhost_maps_lookup_key string = <>
  .
  。
enable_idna2003_compatibility bool = no
  .
  。
enable_long_queue_ids bool = no
  .
  。
enable_original_recipient bool = yes
  .
  。
enable_threaded_bounces bool = no
  .
  。
error_notice_recipient string = postmaster
  .
  。
error_service_name string = error
  .
  。
execution_directory_expansion_filter string = 1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ
  .
  。
expand_owner_alias bool = no
  .
  。
export_environment list = TZ MAIL_CONFIG LANG
  .
  。
fallback_transport string =
  .
  。
fallback_transport_maps list =
  .
  。
fast_flush_domains list = $relay_domains
  .
  。
fast_flush_purge_time time = 7d
  .
  。
fast_flush_refresh_time time = 12h
  .
  。
fault_injection_code int = 0
  .
  。
flush_service_name string = flush
  .
  。
fork_attempts int = 5
  .
  。
fork_delay time = 1s
  .
  。
forward_expansion_filter string = 1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ
  .
  。
forward_path list = $home/.forward\${recipient_delimiter}\${extension}, $home/.forward
  .
  。
frozen_delivered_to bool = yes
  .
  。
hash_queue_depth int = 1
  .
  。
hash_queue_names list = deferred, defer
  .
  。
header_address_token_limit int = 10240
  .
  。
header_checks list =
  .
  。
header_from_format enum(standard,obsolete) = standard
  .
  。
header_size_limit size = 102400
  .
  。
helpful_warnings bool = yes
  .
  。
home_mailbox string =
  .
  。
hopcount_limit int = 50
  .
  。
html_directory string = /usr/share/doc/postfix/html
  .
  。
ignore_mx_lookup_error bool = no
  .
  。
import_environment list = MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ XAUTHORITY DISPLAY LANG=C POSTLOG_SERVICE POSTLOG_HOSTNAME
  .
  。
in_flow_delay time = 1s
  .
  。
inet_interfaces list = all
  .
  。
inet_protocols list = all
  .
  。
info_log_address_format enum(external,internal) = external
  .
  。
initial_destination_concurrency int = 5
  .
  。
internal_mail_filter_classes list =
  .
  。
invalid_hostname_reject_code int = 501
  .
  。
ipc_idle time = 5s
  .
  。
ipc_timeout time = 3600s
  .
  。
ipc_ttl time = 1000s
  .
  。
known_tcp_ports list = lmtp=24, smtp=25, smtps=submissions=465, submission=587
  .
  。
line_length_limit size = 2048
  .
  。
lmdb_map_size size = 16777216
  .
  。
lmtp_address_preference string = any
  .
  。
lmtp_address_verify_target string = rcpt
  .
  。
lmtp_assume_final bool = no
  .
  。
lmtp_balance_inet_protocols bool = yes
  .
  。
lmtp_bind_address string =
  .
  。
lmtp_bind_address6 string =
  .
  。
lmtp_bind_address_enforce bool = no
  .
  。
lmtp_body_checks list =
  .
  。
lmtp_cname_overrides_servername bool = no
  .
  。
lmtp_connect_timeout time = 0s
  .
  。
lmtp_connection_cache_destinations string =
  .
  。
lmtp_connection_cache_on_demand bool = yes
  .
  。
lmtp_connection_cache_time_limit time = 2s
  .
  。
lmtp_connection_reuse_count_limit int = 0
  .
  。
lmtp_connection_reuse_time_limit time = 300s
  .
  。
lmtp_data_done_timeout time = 600s
  .
  。
lmtp_data_init_timeout time = 120s
  .
  。
lmtp_data_xfer_timeout time = 180s
  .
  。
lmtp_defer_if_no_mx_address_found bool = no
  .
  。
lmtp_delivery_status_filter string = $default_delivery_status_filter
  .
  。
lmtp_discard_lhlo_keyword_address_maps list =
  .
  。
lmtp_discard_lhlo_keywords string =
  .
  。
lmtp_dns_reply_filter string =
  .
  。
lmtp_dns_resolver_options string =
  .
  。
lmtp_dns_support_level string =
  .
  。
lmtp_enforce_tls bool = no
  .
  。
lmtp_fallback_relay string =
  .
  。
lmtp_generic_maps list =
  .
  。
lmtp_header_checks list =
  .
  。
lmtp_host_lookup string = dns
  .
  。
lmtp_lhlo_name string = $myhostname
  .
  。
lmtp_lhlo_timeout time = 300s
  .
  。
lmtp_line_length_limit int = 998
  .
  。
lmtp_mail_timeout time = 300s
  .
  。
lmtp_mime_header_checks list =
  .
  。
lmtp_min_data_rate int = 500
  .
  。
lmtp_mx_address_limit int = 5
  .
  。
lmtp_mx_session_limit int = 2
  .
  。
lmtp_nested_header_checks list =
  .
  。
lmtp_per_request_deadline bool = \${lmtp_per_record_deadline?{$lmtp_per_record_deadline}:{no}}
  .
  。
lmtp_pix_workaround_delay_time time = 10s
  .
  。
lmtp_pix_workaround_maps list =
  .
  。
lmtp_pix_workaround_threshold_time time = 500s
  .
  。
lmtp_pix_workarounds string = disable_esmtp,delay_dotcrlf
  .
  。
lmtp_quit_timeout time = 300s
  .
  。
lmtp_quote_rfc821_envelope bool = yes
  .
  。
lmtp_randomize_addresses bool = yes
  .
  。
lmtp_rcpt_timeout time = 300s
  .
  。
lmtp_reply_filter string =
  .
  。
lmtp_rset_timeout time = 20s
  .
  。
lmtp_sasl_auth_cache_name string =
  .
  。
lmtp_sasl_auth_cache_time time = 90d
  .
  。
lmtp_sasl_auth_enable bool = no
  .
  。
lmtp_sasl_auth_soft_bounce bool = yes
  .
  。
lmtp_sasl_mechanism_filter string =
  .
  。
lmtp_sasl_password_maps list =
  .
  。
lmtp_sasl_path string =
  .
  。
lmtp_sasl_security_options string = noplaintext, noanonymous
  .
  。
lmtp_sasl_tls_security_options string = $lmtp_sasl_security_options
  .
  。
lmtp_sasl_tls_verified_security_options string = $lmtp_sasl_tls_security_options
  .
  。
lmtp_sasl_type string = cyrus
  .
  。
lmtp_send_dummy_mail_auth bool = no
  .
  。
lmtp_send_xforward_command bool = no
  .
  。
lmtp_sender_dependent_authentication bool = no
  .
  。
lmtp_skip_5xx_greeting bool = yes
  .
  。
lmtp_skip_quit_response bool = no
  .
  。
lmtp_starttls_timeout time = 300s
  .
  。
lmtp_tcp_port int = 24
  .
  。
lmtp_tls_CAfile string =
  .
  。
lmtp_tls_CApath string =
  .
  。
lmtp_tls_block_early_mail_reply bool = no
  .
  。
lmtp_tls_cert_file string =
  .
  。
lmtp_tls_chain_files string =
  .
  。
lmtp_tls_ciphers string = medium
  .
  。
lmtp_tls_connection_reuse bool = no
  .
  。
lmtp_tls_dcert_file string =
  .
  。
lmtp_tls_dkey_file string = $lmtp_tls_dcert_file
  .
  。
lmtp_tls_eccert_file string =
  .
  。
lmtp_tls_eckey_file string = $lmtp_tls_eccert_file
  .
  。
lmtp_tls_enforce_peername bool = yes
  .
  。
lmtp_tls_exclude_ciphers string =
  .
  。
lmtp_tls_fingerprint_cert_match string =
  .
  。
lmtp_tls_fingerprint_digest string = \${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}
  .
  。
lmtp_tls_force_insecure_host_tlsa_lookup bool = no
  .
  。
lmtp_tls_key_file string = $lmtp_tls_cert_file
  .
  。
lmtp_tls_loglevel int = 0
  .
  。
lmtp_tls_mandatory_ciphers string = medium
  .
  。
lmtp_tls_mandatory_exclude_ciphers string =
  .
  。
lmtp_tls_mandatory_protocols string = >=TLSv1
  .
  。
lmtp_tls_note_starttls_offer bool = no
  .
  。
lmtp_tls_per_site string =
  .
  。
lmtp_tls_policy_maps list =
  .
  。
lmtp_tls_protocols string = >=TLSv1
  .
  。
lmtp_tls_scert_verifydepth int = 9
  .
  。
lmtp_tls_secure_cert_match string = nexthop
  .
  。
lmtp_tls_security_level string =
  .
  。
lmtp_tls_servername string =
  .
  。
lmtp_tls_session_cache_database string =
  .
  。
lmtp_tls_session_cache_timeout time = 3600s
  .
  。
lmtp_tls_trust_anchor_file string =
  .
  。
lmtp_tls_verify_cert_match string = hostname
  .
  。
lmtp_tls_wrappermode bool = no
  .
  。
lmtp_use_tls bool = no
  .
  。
lmtp_xforward_timeout time = 300s
  .
  。
local_command_shell string =
  .
  。
local_delivery_status_filter string = $default_delivery_status_filter
  .
  。
local_header_rewrite_clients list = permit_inet_interfaces
  .
  。
local_login_sender_maps list = static:*
  .
  。
local_recipient_maps list = proxy:unix:passwd.byname $alias_maps
  .
  。
local_transport string = local:$myhostname
  .
  。
luser_relay string =
  .
  。
mail_name string = Postfix
  .
  。
mail_owner string = postfix
  .
  。
mail_release_date string = 20240304
  .
  。
mail_spool_directory string = /var/mail
  .
  。
mail_version string = 3.7.11
  .
  。
mailbox_command string =
  .
  。
mailbox_command_maps list =
  .
  。
mailbox_delivery_lock list = fcntl, dotlock
  .
  。
mailbox_size_limit size = 51200000
  .
  。
mailbox_transport string =
  .
  。
mailbox_transport_maps list =
  .
  。
maillog_file string =
  .
  。
maillog_file_compressor string = gzip
  .
  。
maillog_file_prefixes list = /var, /dev/stdout
  .
  。
maillog_file_rotate_suffix string = %Y%m%d-%H%M%S
  .
  。
mailq_path string = /usr/bin/mailq
  .
  。
manpage_directory string = /usr/share/man
  .
  。
maps_rbl_domains list =
  .
  。
maps_rbl_reject_code int = 554
  .
  。
masquerade_classes list = envelope_sender, header_sender, header_recipient
  .
  。
masquerade_domains list =
  .
  。
masquerade_exceptions list =
  .
  。
master_service_disable list =
  .
  。
max_idle time = 100s
  .
  。
max_use int = 100
  .
  。
maximal_backoff_time time = 4000s
  .
  。
maximal_queue_lifetime time = 5d
  .
  。
message_drop_headers list = bcc, content-length, resent-bcc, return-path
  .
  。
message_reject_characters string =
  .
  。
message_size_limit size = 10240000
  .
  。
message_strip_characters string =
  .
  。
meta_directory string = /etc/postfix
  .
  。
milter_command_timeout time = 30s
  .
  。
milter_connect_macros list = j {daemon_name} {daemon_addr} v _
  .
  。
milter_connect_timeout time = 30s
  .
  。
milter_content_timeout time = 300s
  .
  。
milter_data_macros list = i
  .
  。
milter_default_action enum(accept,reject,tempfail,quarantine,shutdown) = tempfail
  .
  。
milter_end_of_data_macros list = i
  .
  。
milter_end_of_header_macros list = i
  .
  。
milter_header_checks list =
  .
  。
milter_helo_macros list = {tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}
  .
  。
milter_macro_daemon_name string = $myhostname
  .
  。
milter_macro_defaults list =
  .
  。
milter_macro_v string = $mail_name $mail_version
  .
  。
milter_mail_macros list = i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} {mail_mailer}
  .
  。
milter_protocol int = 6
  .
  。
milter_rcpt_macros list = i {rcpt_addr} {rcpt_host} {rcpt_mailer}
  .
  。
milter_unknown_command_macros list =
  .
  。
mime_boundary_length_limit size = 2048
  .
  。
mime_header_checks list = $header_checks
  .
  。
mime_nesting_limit int = 100
  .
  。
minimal_backoff_time time = 300s
  .
  。
multi_instance_directories list =
  .
  。
multi_instance_enable bool = no
  .
  。
multi_instance_group string =
  .
  。
multi_instance_name string =
  .
  。
multi_instance_wrapper string =
  .
  。
multi_recipient_bounce_reject_code int = 550
  .
  。
mydestination list = $myhostname, localhost.$mydomain, localhost
  .
  。
mydomain string = localdomain
  .
  。
myhostname string = localhost.localdomain
  .
  。
mynetworks list = 127.0.0.0/8 [::1]/128
  .
  。
mynetworks_style enum(class,subnet,host) = \${{$compatibility_level} <level {2} ? {subnet} : {host}}
  .
  。
myorigin string = $myhostname
  .
  。
nested_header_checks list = $header_checks
  .
  。
newaliases_path string = /usr/bin/newaliases
  .
  。
non_fqdn_reject_code int = 504
  .
  。
non_smtpd_milters list =
  .
  。
notify_classes list = resource, software
  .
  。
openssl_path string = openssl
  .
  。
owner_request_special bool = yes
  .
  。
parent_domain_matches_subdomains list = debug_peer_list,fast_flush_domains,mynetworks,permit_mx_backup_networks,qmqpd_authorized_clients,relay_domains,smtpd_access_maps
  .
  。
permit_mx_backup_networks list =
  .
  。
pickup_service_name string = pickup
  .
  。
pipe_delivery_status_filter string = $default_delivery_status_filter
  .
  。
plaintext_reject_code int = 450
  .
  。
postlog_service_name string = postlog
  .
  。
postlogd_watchdog_timeout time = 10s
  .
  。
postmulti_control_commands list = reload flush
  .
  。
postmulti_start_commands list = start
  .
  。
postmulti_stop_commands list = stop abort drain quick-stop
  .
  。
postscreen_access_list list = permit_mynetworks
  .
  。
postscreen_allowlist_interfaces list = \${postscreen_whitelist_interfaces?{$postscreen_whitelist_interfaces}:{static:all}}
  .
  。
postscreen_bare_newline_action enum(ignore,enforce,drop) = ignore
  .
  。
postscreen_bare_newline_enable bool = no
  .
  。
postscreen_bare_newline_ttl time = 30d
  .
  。
postscreen_cache_cleanup_interval time = 12h
  .
  。
postscreen_cache_map string = btree:$data_directory/postscreen_cache
  .
  。
postscreen_cache_retention_time time = 7d
  .
  。
postscreen_client_connection_count_limit int = $smtpd_client_connection_count_limit
  .
  。
postscreen_command_count_limit int = 20
  .
  。
postscreen_command_filter string =
  .
  。
postscreen_command_time_limit time = \${stress?{10}:{300}}s
  .
  。
postscreen_denylist_action enum(ignore,enforce,drop) = \${postscreen_blacklist_action?{$postscreen_blacklist_action}:{ignore}}
  .
  。
postscreen_disable_vrfy_command bool = $disable_vrfy_command
  .
  。
postscreen_discard_ehlo_keyword_address_maps list = $smtpd_discard_ehlo_keyword_address_maps
  .
  。
postscreen_discard_ehlo_keywords list = $smtpd_discard_ehlo_keywords
  .
  。
postscreen_dnsbl_action enum(ignore,enforce,drop) = ignore
  .
  。
postscreen_dnsbl_allowlist_threshold int = \${postscreen_dnsbl_whitelist_threshold?{$postscreen_dnsbl_whitelist_threshold}:{0}}
  .
  。
postscreen_dnsbl_max_ttl time = \${postscreen_dnsbl_ttl?{$postscreen_dnsbl_ttl}:{1}}h
  .
  。
postscreen_dnsbl_min_ttl time = 60s
  .
  。
postscreen_dnsbl_reply_map string =
  .
  。
postscreen_dnsbl_sites list =
  .
  。
postscreen_dnsbl_threshold int = 1
  .
  。
postscreen_dnsbl_timeout time = 10s
  .
  。
postscreen_enforce_tls bool = $smtpd_enforce_tls
  .
  。
postscreen_expansion_filter string = $smtpd_expansion_filter
  .
  。
postscreen_forbidden_commands list = $smtpd_forbidden_commands
  .
  。
postscreen_greet_action enum(ignore,enforce,drop) = ignore
  .
  。
postscreen_greet_banner string = $smtpd_banner
  .
  。
postscreen_greet_ttl time = 1d
  .
  。
postscreen_greet_wait time = \${stress?{2}:{6}}s
  .
  。
postscreen_helo_required bool = $smtpd_helo_required
  .
  。
postscreen_non_smtp_command_action enum(ignore,enforce,drop) = drop
  .
  。
postscreen_non_smtp_command_enable bool = no
  .
  。
postscreen_non_smtp_command_ttl time = 30d
  .
  。
postscreen_pipelining_action enum(ignore,enforce,drop) = enforce
  .
  。
postscreen_pipelining_enable bool = no
  .
  。
postscreen_pipelining_ttl time = 30d
  .
  。
postscreen_post_queue_limit int = $default_process_limit
  .
  。
postscreen_pre_queue_limit int = $default_process_limit
  .
  。
postscreen_reject_footer string = $smtpd_reject_footer
  .
  。
postscreen_reject_footer_maps list = $smtpd_reject_footer_maps
  .
  。
postscreen_tls_security_level string = $smtpd_tls_security_level
  .
  。
postscreen_upstream_proxy_protocol string =
  .
  。
postscreen_upstream_proxy_timeout time = 5s
  .
  。
postscreen_use_tls bool = $smtpd_use_tls
  .
  。
postscreen_watchdog_timeout time = 10s
  .
  。
prepend_delivered_header list = command, file, forward
  .
  。
process_id int = 1
  .
  。
process_id_directory string = pid
  .
  。
process_name string = postfix
  .
  。
propagate_unmatched_extensions list = canonical, virtual
  .
  。
proxy_interfaces list =
  .
  。
proxy_read_maps list = $local_recipient_maps $mydestination $virtual_alias_maps $virtual_alias_domains $virtual_mailbox_maps $virtual_mailbox_domains $relay_recipient_maps $relay_domains $canonical_maps $sender_canonical_maps $recipient_canonical_maps $relocated_maps $transport_maps $mynetworks $smtpd_sender_login_maps $sender_bcc_maps $recipient_bcc_maps $smtp_generic_maps $lmtp_generic_maps $alias_maps $smtpd_client_restrictions $smtpd_helo_restrictions $smtpd_sender_restrictions $smtpd_relay_restrictions $smtpd_recipient_restrictions $address_verify_sender_dependent_default_transport_maps $address_verify_sender_dependent_relayhost_maps $address_verify_transport_maps $fallback_transport_maps $lmtp_discard_lhlo_keyword_address_maps $lmtp_pix_workaround_maps $lmtp_sasl_password_maps $lmtp_tls_policy_maps $mailbox_command_maps $mailbox_transport_maps $postscreen_discard_ehlo_keyword_address_maps $rbl_reply_maps $sender_dependent_default_transport_maps $sender_dependent_relayhost_maps $smtp_discard_ehlo_keyword_address_maps $smtp_pix_workaround_maps $smtp_sasl_password_maps $smtp_tls_policy_maps $smtpd_discard_ehlo_keyword_address_maps $smtpd_milter_maps $virtual_gid_maps $virtual_uid_maps $local_login_sender_maps $postscreen_reject_footer_maps $smtpd_reject_footer_maps $tls_server_sni_maps $tlsproxy_client_policy_maps $default_delivery_status_filter $lmtp_delivery_status_filter $lmtp_dns_reply_filter $lmtp_reply_filter $local_delivery_status_filter $pipe_delivery_status_filter $postscreen_command_filter $smtp_delivery_status_filter $smtp_dns_reply_filter $smtp_reply_filter $smtpd_command_filter $smtpd_dns_reply_filter $virtual_delivery_status_filter $body_checks $header_checks $lmtp_body_checks $lmtp_header_checks $lmtp_mime_header_checks $lmtp_nested_header_checks $milter_header_checks $mime_header_checks $nested_header_checks $smtp_body_checks $smtp_header_checks $smtp_mime_header_checks $smtp_nested_header_checks
  .
  。
proxy_write_maps list = $smtp_sasl_auth_cache_name $lmtp_sasl_auth_cache_name $address_verify_map $postscreen_cache_map
  .
  。
proxymap_service_name string = proxymap
  .
  。
proxywrite_service_name string = proxywrite
  .
  。
qmgr_clog_warn_time time = 300s
  .
  。
qmgr_daemon_timeout time = 1000s
  .
  。
qmgr_fudge_factor int = 100
  .
  。
qmgr_ipc_timeout time = 60s
  .
  。
qmgr_message_active_limit int = 20000
  .
  。
qmgr_message_recipient_limit int = 20000
  .
  。
qmgr_message_recipient_minimum int = 10
  .
  。
qmqpd_authorized_clients list =
  .
  。
qmqpd_client_port_logging bool = no
  .
  。
qmqpd_error_delay time = 1s
  .
  。
qmqpd_timeout time = 300s
  .
  。
queue_directory string = /var/spool/postfix
  .
  。
queue_file_attribute_count_limit int = 100
  .
  。
queue_minfree size = 0
  .
  。
queue_run_delay time = 300s
  .
  。
queue_service_name string = qmgr
  .
  。
rbl_reply_maps list =
  .
  。
readme_directory string = /usr/share/doc/postfix
  .
  。
receive_override_options list =
  .
  。
recipient_bcc_maps list =
  .
  。
recipient_canonical_classes list = envelope_recipient, header_recipient
  .
  。
recipient_canonical_maps list =
  .
  。
recipient_delimiter string =
  .
  。
reject_code int = 554
  .
  。
reject_tempfail_action string = defer_if_permit
  .
  。
relay_clientcerts list =
  .
  。
relay_domains list = \${{$compatibility_level} <level {2} ? {$mydestination} : {}}
  .
  。
relay_domains_reject_code int = 554
  .
  。
relay_recipient_maps list =
  .
  。
relay_transport string = relay
  .
  。
relayhost string =
  .
  。
relocated_maps list =
  .
  。
remote_header_rewrite_domain string =
  .
  。
require_home_directory bool = no
  .
  。
reset_owner_alias bool = no
  .
  。
resolve_dequoted_address bool = yes
  .
  。
resolve_null_domain bool = no
  .
  。
resolve_numeric_domain bool = no
  .
  。
respectful_logging bool = \${{$compatibility_level} <level {3.6} ? {no} : {yes}}
  .
  。
rewrite_service_name string = rewrite
  .
  。
sample_directory string = /etc/postfix
  .
  。
send_cyrus_sasl_authzid bool = no
  .
  。
sender_bcc_maps list =
  .
  。
sender_canonical_classes list = envelope_sender, header_sender
  .
  。
sender_canonical_maps list =
  .
  。
sender_dependent_default_transport_maps list =
  .
  。
sender_dependent_relayhost_maps list =
  .
  。
sendmail_fix_line_endings string = always
  .
  。
sendmail_path string = /usr/sbin/sendmail
  .
  。
service_name string =
  .
  。
service_throttle_time time = 60s
  .
  。
setgid_group string = postdrop
  .
  。
shlib_directory string = /usr/lib/postfix
  .
  。
show_user_unknown_table_name bool = yes
  .
  。
showq_service_name string = showq
  .
  。
smtp_address_preference enum(any,ipv4,ipv6) = any
  .
  。
smtp_address_verify_target enum(rcpt,data) = rcpt
  .
  。
smtp_always_send_ehlo bool = yes
  .
  。
smtp_balance_inet_protocols bool = yes
  .
  。
smtp_bind_address list =
  .
  。
smtp_bind_address6 list =
  .
  。
smtp_bind_address_enforce bool = no
  .
  。
smtp_body_checks list =
  .
  。
smtp_cname_overrides_servername bool = no
  .
  。
smtp_connect_timeout time = 30s
  .
  。
smtp_connection_cache_destinations list =
  .
  。
smtp_connection_cache_on_demand bool = yes
  .
  。
smtp_connection_cache_time_limit time = 2s
  .
  。
smtp_connection_reuse_count_limit int = 0
  .
  。
smtp_connection_reuse_time_limit time = 300s
  .
  。
smtp_data_done_timeout time = 600s
  .
  。
smtp_data_init_timeout time = 120s
  .
  。
smtp_data_xfer_timeout time = 180s
  .
  。
smtp_defer_if_no_mx_address_found bool = no
  .
  。
smtp_delivery_status_filter string = $default_delivery_status_filter
  .
  。
smtp_discard_ehlo_keyword_address_maps list =
  .
  。
smtp_discard_ehlo_keywords list =
  .
  。
smtp_dns_reply_filter string =
  .
  。
smtp_dns_resolver_options list =
  .
  。
smtp_dns_support_level enum(disabled,enabled,dnssec) =
  .
  。
smtp_enforce_tls bool = no
  .
  。
smtp_fallback_relay list = $fallback_relay
  .
  。
smtp_generic_maps list =
  .
  。
smtp_header_checks list =
  .
  。
smtp_helo_name string = $myhostname
  .
  。
smtp_helo_timeout time = 300s
  .
  。
smtp_host_lookup list = dns
  .
  。
smtp_line_length_limit size = 998
  .
  。
smtp_mail_timeout time = 300s
  .
  。
smtp_mime_header_checks list =
  .
  。
smtp_min_data_rate int = 500
  .
  。
smtp_mx_address_limit int = 5
  .
  。
smtp_mx_session_limit int = 2
  .
  。
smtp_nested_header_checks list =
  .
  。
smtp_never_send_ehlo bool = no
  .
  。
smtp_per_request_deadline bool = \${smtp_per_record_deadline?{$smtp_per_record_deadline}:{no}}
  .
  。
smtp_pix_workaround_delay_time time = 10s
  .
  。
smtp_pix_workaround_maps list =
  .
  。
smtp_pix_workaround_threshold_time time = 500s
  .
  。
smtp_pix_workarounds list = disable_esmtp,delay_dotcrlf
  .
  。
smtp_quit_timeout time = 300s
  .
  。
smtp_quote_rfc821_envelope bool = yes
  .
  。
smtp_randomize_addresses bool = yes
  .
  。
smtp_rcpt_timeout time = 300s
  .
  。
smtp_reply_filter string =
  .
  。
smtp_rset_timeout time = 20s
  .
  。
smtp_sasl_auth_cache_name string =
  .
  。
smtp_sasl_auth_cache_time time = 90d
  .
  。
smtp_sasl_auth_enable bool = no
  .
  。
smtp_sasl_auth_soft_bounce bool = yes
  .
  。
smtp_sasl_mechanism_filter list =
  .
  。
smtp_sasl_password_maps list =
  .
  。
smtp_sasl_path string =
  .
  。
smtp_sasl_security_options list = noplaintext, noanonymous
  .
  。
smtp_sasl_tls_security_options list = $smtp_sasl_security_options
  .
  。
smtp_sasl_tls_verified_security_options list = $smtp_sasl_tls_security_options
  .
  。
smtp_sasl_type string = cyrus
  .
  。
smtp_send_dummy_mail_auth bool = no
  .
  。
smtp_send_xforward_command bool = no
  .
  。
smtp_sender_dependent_authentication bool = no
  .
  。
smtp_skip_5xx_greeting bool = yes
  .
  。
smtp_skip_quit_response bool = yes
  .
  。
smtp_starttls_timeout time = 300s
  .
  。
smtp_tcp_port string = smtp
  .
  。
smtp_tls_CAfile string =
  .
  。
smtp_tls_CApath string =
  .
  。
smtp_tls_block_early_mail_reply bool = no
  .
  。
smtp_tls_cert_file string =
  .
  。
smtp_tls_chain_files list =
  .
  。
smtp_tls_ciphers enum(export,low,medium,high,null) = medium
  .
  。
smtp_tls_connection_reuse bool = no
  .
  。
smtp_tls_dane_insecure_mx_policy string = \${{$smtp_tls_security_level} == {dane} ? {dane} : {may}}
  .
  。
smtp_tls_dcert_file string =
  .
  。
smtp_tls_dkey_file string = $smtp_tls_dcert_file
  .
  。
smtp_tls_eccert_file string =
  .
  。
smtp_tls_eckey_file string = $smtp_tls_eccert_file
  .
  。
smtp_tls_enforce_peername bool = yes
  .
  。
smtp_tls_exclude_ciphers list =
  .
  。
smtp_tls_fingerprint_cert_match list =
  .
  。
smtp_tls_fingerprint_digest string = \${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}
  .
  。
smtp_tls_force_insecure_host_tlsa_lookup bool = no
  .
  。
smtp_tls_key_file string = $smtp_tls_cert_file
  .
  。
smtp_tls_loglevel int = 0
  .
  。
smtp_tls_mandatory_ciphers enum(export,low,medium,high,null) = medium
  .
  。
smtp_tls_mandatory_exclude_ciphers list =
  .
  。
smtp_tls_mandatory_protocols list = >=TLSv1
  .
  。
smtp_tls_note_starttls_offer bool = no
  .
  。
smtp_tls_per_site string =
  .
  。
smtp_tls_policy_maps list =
  .
  。
smtp_tls_protocols list = >=TLSv1
  .
  。
smtp_tls_scert_verifydepth int = 9
  .
  。
smtp_tls_secure_cert_match list = nexthop, dot-nexthop
  .
  。
smtp_tls_security_level enum(none,may,encrypt,dane,dane-only,fingerprint,verify,secure) =
  .
  。
smtp_tls_servername string =
  .
  。
smtp_tls_session_cache_database string =
  .
  。
smtp_tls_session_cache_timeout time = 3600s
  .
  。
smtp_tls_trust_anchor_file string =
  .
  。
smtp_tls_verify_cert_match list = hostname
  .
  。
smtp_tls_wrappermode bool = no
  .
  。
smtp_use_tls bool = no
  .
  。
smtp_xforward_timeout time = 300s
  .
  。
smtpd_authorized_verp_clients list = $authorized_verp_clients
  .
  。
smtpd_authorized_xclient_hosts list =
  .
  。
smtpd_authorized_xforward_hosts list =
  .
  。
smtpd_banner string = $myhostname ESMTP $mail_name
  .
  。
smtpd_client_auth_rate_limit int = 0
  .
  。
smtpd_client_connection_count_limit int = 50
  .
  。
smtpd_client_connection_rate_limit int = 0
  .
  。
smtpd_client_event_limit_exceptions list = \${smtpd_client_connection_limit_exceptions:$mynetworks}
  .
  。
smtpd_client_message_rate_limit int = 0
  .
  。
smtpd_client_new_tls_session_rate_limit int = 0
  .
  。
smtpd_client_port_logging bool = no
  .
  。
smtpd_client_recipient_rate_limit int = 0
  .
  。
smtpd_client_restrictions list =
  .
  。
smtpd_command_filter string =
  .
  。
smtpd_data_restrictions list =
  .
  。
smtpd_delay_open_until_valid_rcpt bool = yes
  .
  。
smtpd_delay_reject bool = yes
  .
  。
smtpd_discard_ehlo_keyword_address_maps list =
  .
  。
smtpd_discard_ehlo_keywords list =
  .
  。
smtpd_dns_reply_filter string =
  .
  。
smtpd_end_of_data_restrictions list =
  .
  。
smtpd_enforce_tls bool = no
  .
  。
smtpd_error_sleep_time time = 1s
  .
  。
smtpd_etrn_restrictions list =
  .
  。
smtpd_expansion_filter string = \\t\\40!"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\\\]^_\`abcdefghijklmnopqrstuvwxyz{|}~
  .
  。
smtpd_forbid_bare_newline enum(normalize,yes,reject,no) = no
  .
  。
smtpd_forbid_bare_newline_exclusions list = $mynetworks
  .
  。
smtpd_forbid_bare_newline_reject_code int = 550
  .
  。
smtpd_forbid_unauth_pipelining bool = no
  .
  。
smtpd_forbidden_commands list = CONNECT GET POST regexp:{{/^[^A-Z]/ Bogus}}
  .
  。
smtpd_hard_error_limit int = \${stress?{1}:{20}}
  .
  。
smtpd_helo_required bool = no
  .
  。
smtpd_helo_restrictions list =
  .
  。
smtpd_history_flush_threshold int = 100
  .
  。
smtpd_junk_command_limit int = \${stress?{1}:{100}}
  .
  。
smtpd_log_access_permit_actions list =
  .
  。
smtpd_milter_maps list =
  .
  。
smtpd_milters list =
  .
  。
smtpd_min_data_rate int = 500
  .
  。
smtpd_noop_commands list =
  .
  。
smtpd_null_access_lookup_key string = <>
  .
  。
smtpd_peername_lookup bool = yes
  .
  。
smtpd_per_request_deadline bool = \${smtpd_per_record_deadline?{$smtpd_per_record_deadline}:{\${stress?{yes}:{no}}}}
  .
  。
smtpd_policy_service_default_action string = 451 4.3.5 Server configuration problem
  .
  。
smtpd_policy_service_max_idle time = 300s
  .
  。
smtpd_policy_service_max_ttl time = 1000s
  .
  。
smtpd_policy_service_policy_context string =
  .
  。
smtpd_policy_service_request_limit int = 0
  .
  。
smtpd_policy_service_retry_delay time = 1s
  .
  。
smtpd_policy_service_timeout time = 100s
  .
  。
smtpd_policy_service_try_limit int = 2
  .
  。
smtpd_proxy_ehlo string = $myhostname
  .
  。
smtpd_proxy_filter string =
  .
  。
smtpd_proxy_options list =
  .
  。
smtpd_proxy_timeout time = 100s
  .
  。
smtpd_recipient_limit int = 1000
  .
  。
smtpd_recipient_overshoot_limit int = 1000
  .
  。
smtpd_recipient_restrictions list =
  .
  。
smtpd_reject_footer string =
  .
  。
smtpd_reject_footer_maps list =
  .
  。
smtpd_reject_unlisted_recipient bool = yes
  .
  。
smtpd_reject_unlisted_sender bool = no
  .
  。
smtpd_relay_before_recipient_restrictions list = \${{$compatibility_level} <level {3.6} ? {no} : {yes}}
  .
  。
smtpd_relay_restrictions list = \${{$compatibility_level} <level {1} ? {} : {permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination}}
  .
  。
smtpd_restriction_classes list =
  .
  。
smtpd_sasl_auth_enable bool = no
  .
  。
smtpd_sasl_authenticated_header bool = no
  .
  。
smtpd_sasl_exceptions_networks list =
  .
  。
smtpd_sasl_local_domain string =
  .
  。
smtpd_sasl_mechanism_filter list = !external, static:rest
  .
  。
smtpd_sasl_path string = smtpd
  .
  。
smtpd_sasl_response_limit size = 12288
  .
  。
smtpd_sasl_security_options list = noanonymous
  .
  。
smtpd_sasl_service string = smtp
  .
  。
smtpd_sasl_tls_security_options list = $smtpd_sasl_security_options
  .
  。
smtpd_sasl_type string = cyrus
  .
  。
smtpd_sender_login_maps list =
  .
  。
smtpd_sender_restrictions list =
  .
  。
smtpd_service_name string = smtpd
  .
  。
smtpd_soft_error_limit int = 10
  .
  。
smtpd_starttls_timeout time = \${stress?{10}:{300}}s
  .
  。
smtpd_timeout time = \${stress?{10}:{300}}s
  .
  。
smtpd_tls_CAfile string =
  .
  。
smtpd_tls_CApath string =
  .
  。
smtpd_tls_always_issue_session_ids bool = yes
  .
  。
smtpd_tls_ask_ccert bool = no
  .
  。
smtpd_tls_auth_only bool = no
  .
  。
smtpd_tls_ccert_verifydepth int = 9
  .
  。
smtpd_tls_cert_file string =
  .
  。
smtpd_tls_chain_files list =
  .
  。
smtpd_tls_ciphers enum(export,low,medium,high,null) = medium
  .
  。
smtpd_tls_dcert_file string =
  .
  。
smtpd_tls_dh1024_param_file string =
  .
  。
smtpd_tls_dh512_param_file string =
  .
  。
smtpd_tls_dkey_file string = $smtpd_tls_dcert_file
  .
  。
smtpd_tls_eccert_file string =
  .
  。
smtpd_tls_eckey_file string = $smtpd_tls_eccert_file
  .
  。
smtpd_tls_eecdh_grade enum(none,strong,ultra,auto) = auto
  .
  。
smtpd_tls_exclude_ciphers list =
  .
  。
smtpd_tls_fingerprint_digest string = \${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}
  .
  。
smtpd_tls_key_file string = $smtpd_tls_cert_file
  .
  。
smtpd_tls_loglevel int = 0
  .
  。
smtpd_tls_mandatory_ciphers enum(export,low,medium,high,null) = medium
  .
  。
smtpd_tls_mandatory_exclude_ciphers list =
  .
  。
smtpd_tls_mandatory_protocols list = >=TLSv1
  .
  。
smtpd_tls_protocols list = >=TLSv1
  .
  。
smtpd_tls_received_header bool = no
  .
  。
smtpd_tls_req_ccert bool = no
  .
  。
smtpd_tls_security_level enum(none,may,encrypt) =
  .
  。
smtpd_tls_session_cache_database string =
  .
  。
smtpd_tls_session_cache_timeout time = 3600s
  .
  。
smtpd_tls_wrappermode bool = no
  .
  。
smtpd_upstream_proxy_protocol string =
  .
  。
smtpd_upstream_proxy_timeout time = 5s
  .
  。
smtpd_use_tls bool = no
  .
  。
smtputf8_autodetect_classes list = sendmail, verify
  .
  。
smtputf8_enable bool = \${{$compatibility_level} <level {1} ? {no} : {yes}}
  .
  。
soft_bounce bool = no
  .
  。
stale_lock_time time = 500s
  .
  。
stress string =
  .
  。
strict_7bit_headers bool = no
  .
  。
strict_8bitmime bool = no
  .
  。
strict_8bitmime_body bool = no
  .
  。
strict_mailbox_ownership bool = yes
  .
  。
strict_mime_encoding_domain bool = no
  .
  。
strict_rfc821_envelopes bool = no
  .
  。
strict_smtputf8 bool = no
  .
  。
sun_mailtool_compatibility bool = no
  .
  。
swap_bangpath bool = yes
  .
  。
syslog_facility string = mail
  .
  。
syslog_name string = \${multi_instance_name?{$multi_instance_name}:{postfix}}
  .
  。
tcp_windowsize size = 0
  .
  。
tls_append_default_CA bool = no
  .
  。
tls_config_file string = default
  .
  。
tls_config_name string =
  .
  。
tls_daemon_random_bytes int = 32
  .
  。
tls_dane_digests list = sha512 sha256
  .
  。
tls_disable_workarounds list =
  .
  。
tls_eecdh_auto_curves list = X25519 X448 prime256v1 secp521r1 secp384r1
  .
  。
tls_eecdh_strong_curve string = prime256v1
  .
  。
tls_eecdh_ultra_curve string = secp384r1
  .
  。
tls_export_cipherlist string = aNULL:-aNULL:HIGH:MEDIUM:LOW:EXPORT:+RC4:@STRENGTH
  .
  。
tls_fast_shutdown_enable bool = yes
  .
  。
tls_high_cipherlist string = aNULL:-aNULL:HIGH:@STRENGTH
  .
  。
tls_legacy_public_key_fingerprints bool = no
  .
  。
tls_low_cipherlist string = aNULL:-aNULL:HIGH:MEDIUM:LOW:+RC4:@STRENGTH
  .
  。
tls_medium_cipherlist string = aNULL:-aNULL:HIGH:MEDIUM:+RC4:@STRENGTH
  .
  。
tls_null_cipherlist string = eNULL:!aNULL
  .
  。
tls_preempt_cipherlist bool = no
  .
  。
tls_random_bytes int = 32
  .
  。
tls_random_exchange_name string = \${data_directory}/prng_exch
  .
  。
tls_random_prng_update_period time = 3600s
  .
  。
tls_random_reseed_period time = 3600s
  .
  。
tls_random_source string = dev:/dev/urandom
  .
  。
tls_server_sni_maps list =
  .
  。
tls_session_ticket_cipher string = aes-256-cbc
  .
  。
tls_ssl_options list =
  .
  。
tls_wildcard_matches_multiple_labels bool = yes
  .
  。
tlsmgr_service_name string = tlsmgr
  .
  。
tlsproxy_client_CAfile string = $smtp_tls_CAfile
  .
  。
tlsproxy_client_CApath string = $smtp_tls_CApath
  .
  。
tlsproxy_client_cert_file string = $smtp_tls_cert_file
  .
  。
tlsproxy_client_chain_files string = $smtp_tls_chain_files
  .
  。
tlsproxy_client_dcert_file string = $smtp_tls_dcert_file
  .
  。
tlsproxy_client_dkey_file string = $smtp_tls_dkey_file
  .
  。
tlsproxy_client_eccert_file string = $smtp_tls_eccert_file
  .
  。
tlsproxy_client_eckey_file string = $smtp_tls_eckey_file
  .
  。
tlsproxy_client_enforce_tls bool = $smtp_enforce_tls
  .
  。
tlsproxy_client_fingerprint_digest string = $smtp_tls_fingerprint_digest
  .
  。
tlsproxy_client_key_file string = $smtp_tls_key_file
  .
  。
tlsproxy_client_loglevel int = $smtp_tls_loglevel
  .
  。
tlsproxy_client_loglevel_parameter string = smtp_tls_loglevel
  .
  。
tlsproxy_client_per_site string = $smtp_tls_per_site
  .
  。
tlsproxy_client_policy_maps list = \${tlsproxy_client_policy:$smtp_tls_policy_maps}
  .
  。
tlsproxy_client_scert_verifydepth int = $smtp_tls_scert_verifydepth
  .
  。
tlsproxy_client_security_level string = \${tlsproxy_client_level:$smtp_tls_security_level}
  .
  。
tlsproxy_client_use_tls bool = $smtp_use_tls
  .
  。
tlsproxy_enforce_tls bool = $smtpd_enforce_tls
  .
  。
tlsproxy_service_name string = tlsproxy
  .
  。
tlsproxy_tls_CAfile string = $smtpd_tls_CAfile
  .
  。
tlsproxy_tls_CApath string = $smtpd_tls_CApath
  .
  。
tlsproxy_tls_always_issue_session_ids bool = $smtpd_tls_always_issue_session_ids
  .
  。
tlsproxy_tls_ask_ccert bool = $smtpd_tls_ask_ccert
  .
  。
tlsproxy_tls_ccert_verifydepth int = $smtpd_tls_ccert_verifydepth
  .
  。
tlsproxy_tls_cert_file string = $smtpd_tls_cert_file
  .
  。
tlsproxy_tls_chain_files string = $smtpd_tls_chain_files
  .
  。
tlsproxy_tls_ciphers string = $smtpd_tls_ciphers
  .
  。
tlsproxy_tls_dcert_file string = $smtpd_tls_dcert_file
  .
  。
tlsproxy_tls_dh1024_param_file string = $smtpd_tls_dh1024_param_file
  .
  。
tlsproxy_tls_dh512_param_file string = $smtpd_tls_dh512_param_file
  .
  。
tlsproxy_tls_dkey_file string = $smtpd_tls_dkey_file
  .
  。
tlsproxy_tls_eccert_file string = $smtpd_tls_eccert_file
  .
  。
tlsproxy_tls_eckey_file string = $smtpd_tls_eckey_file
  .
  。
tlsproxy_tls_eecdh_grade string = $smtpd_tls_eecdh_grade
  .
  。
tlsproxy_tls_exclude_ciphers string = $smtpd_tls_exclude_ciphers
  .
  。
tlsproxy_tls_fingerprint_digest string = $smtpd_tls_fingerprint_digest
  .
  。
tlsproxy_tls_key_file string = $smtpd_tls_key_file
  .
  。
tlsproxy_tls_loglevel int = $smtpd_tls_loglevel
  .
  。
tlsproxy_tls_mandatory_ciphers string = $smtpd_tls_mandatory_ciphers
  .
  。
tlsproxy_tls_mandatory_exclude_ciphers string = $smtpd_tls_mandatory_exclude_ciphers
  .
  。
tlsproxy_tls_mandatory_protocols string = $smtpd_tls_mandatory_protocols
  .
  。
tlsproxy_tls_protocols string = $smtpd_tls_protocols
  .
  。
tlsproxy_tls_req_ccert bool = $smtpd_tls_req_ccert
  .
  。
tlsproxy_tls_security_level string = $smtpd_tls_security_level
  .
  。
tlsproxy_use_tls bool = $smtpd_use_tls
  .
  。
tlsproxy_watchdog_timeout time = 10s
  .
  。
trace_service_name string = trace
  .
  。
transport_maps list =
  .
  。
transport_retry_time time = 60s
  .
  。
trigger_timeout time = 10s
  .
  。
undisclosed_recipients_header string =
  .
  。
unknown_address_reject_code int = 450
  .
  。
unknown_address_tempfail_action string = $reject_tempfail_action
  .
  。
unknown_client_reject_code int = 450
  .
  。
unknown_helo_hostname_tempfail_action string = $reject_tempfail_action
  .
  。
unknown_hostname_reject_code int = 450
  .
  。
unknown_local_recipient_reject_code int = 550
  .
  。
unknown_relay_recipient_reject_code int = 550
  .
  。
unknown_virtual_alias_reject_code int = 550
  .
  。
unknown_virtual_mailbox_reject_code int = 550
  .
  。
unverified_recipient_defer_code int = 450
  .
  。
unverified_recipient_reject_code int = 450
  .
  。
unverified_recipient_reject_reason string =
  .
  。
unverified_recipient_tempfail_action string = $reject_tempfail_action
  .
  。
unverified_sender_defer_code int = 450
  .
  。
unverified_sender_reject_code int = 450
  .
  。
unverified_sender_reject_reason string =
  .
  。
unverified_sender_tempfail_action string = $reject_tempfail_action
  .
  。
verp_delimiter_filter string = -=+
  .
  。
virtual_alias_address_length_limit int = 1000
  .
  。
virtual_alias_domains list = $virtual_alias_maps
  .
  。
virtual_alias_expansion_limit int = 1000
  .
  。
virtual_alias_maps list = $virtual_maps
  .
  。
virtual_alias_recursion_limit int = 1000
  .
  。
virtual_delivery_status_filter string = $default_delivery_status_filter
  .
  。
virtual_gid_maps list =
  .
  。
virtual_mailbox_base string =
  .
  。
virtual_mailbox_domains list = $virtual_mailbox_maps
  .
  。
virtual_mailbox_limit size = 51200000
  .
  。
virtual_mailbox_lock list = fcntl, dotlock
  .
  。
virtual_mailbox_maps list =
  .
  。
virtual_minimum_uid int = 100
  .
  。
virtual_transport string = virtual
  .
  。
virtual_uid_maps list =
  .
  。
`)
