/**
 * TLS in general, and the services that keep its keys and sessions.
 *
 * postconf(5).
 */
import { parameterRows } from '#config/parameters/parameter.ts'

export const tlsParameters = parameterRows(`
@ smtpd smtp
tls_append_default_CA bool = no
  Whether the system's own authorities are believed too.
  是否同时信任系统自带的颁发机构。
tls_config_file string = default
  The OpenSSL configuration file to use.
  使用的 OpenSSL 配置文件。
tls_config_name string =
  The section of that file to use.
  使用该文件中的哪一节。
tls_daemon_random_bytes int = 32
  How many random bytes a daemon asks for.
  守护进程索取的随机字节数。
tls_dane_digests list = sha512 sha256
  The digests accepted in DANE records, best first.
  DANE 记录中接受的摘要算法，按优先顺序。
tls_disable_workarounds list =
  Workarounds of OpenSSL for faulty peers that are switched off.
  关闭 OpenSSL 针对有缺陷对端的哪些变通办法。
tls_eecdh_auto_curves list = X25519 X448 prime256v1 secp521r1 secp384r1
  The elliptic curves to choose from.
  可选用的椭圆曲线。
tls_eecdh_strong_curve string = prime256v1
  The curve of the grade strong.
  strong 等级使用的曲线。
tls_eecdh_ultra_curve string = secp384r1
  The curve of the grade ultra.
  ultra 等级使用的曲线。
tls_export_cipherlist string = aNULL:-aNULL:HIGH:MEDIUM:LOW:EXPORT:+RC4:@STRENGTH
  The ciphers of the grade export.
  export 等级包含的密码套件。
tls_low_cipherlist string = aNULL:-aNULL:HIGH:MEDIUM:LOW:+RC4:@STRENGTH
  The ciphers of the grade low.
  low 等级包含的密码套件。
tls_medium_cipherlist string = aNULL:-aNULL:HIGH:MEDIUM:+RC4:@STRENGTH
  The ciphers of the grade medium.
  medium 等级包含的密码套件。
tls_high_cipherlist string = aNULL:-aNULL:HIGH:@STRENGTH
  The ciphers of the grade high.
  high 等级包含的密码套件。
tls_null_cipherlist string = eNULL:!aNULL
  The ciphers of the grade null, which identify but do not encrypt.
  null 等级包含的密码套件，只认证不加密。
tls_preempt_cipherlist bool = no
  Whether the server's order of ciphers counts, not the client's.
  是否以服务器而非客户端的密码套件顺序为准。
tls_fast_shutdown_enable bool = yes
  Whether the end of TLS is not waited for.
  是否不等待 TLS 的关闭确认。
tls_legacy_public_key_fingerprints bool = no
  Whether fingerprints of keys are made in an old, faulty way.
  是否按旧的有缺陷方式计算公钥指纹。
tls_server_sni_maps list =
  Tables of certificates for each name that a client asks for.
  按客户端请求的名称选择证书的查找表。
tls_session_ticket_cipher string = aes-256-cbc
  The cipher of TLS session tickets.
  TLS 会话票据使用的加密算法。
tls_ssl_options list =
  Options of OpenSSL that are switched on.
  启用的 OpenSSL 选项。
tls_wildcard_matches_multiple_labels bool = yes
  Whether a star in a certificate stands for several labels.
  证书中的星号是否可代表多段域名。
@ tlsmgr
tls_random_source string = dev:/dev/urandom
  Where random numbers come from.
  随机数的来源。
tls_random_bytes int = 32
  How many random bytes tlsmgr reads at a time.
  tlsmgr 每次读取的随机字节数。
tls_random_exchange_name string = \${data_directory}/prng_exch
  The file that keeps randomness between restarts.
  重启之间保存随机状态的文件。
tls_random_prng_update_period time = 3600s
  How often that file is renewed.
  更新该文件的间隔。
tls_random_reseed_period time = 3600s
  The longest time between readings of the source.
  两次读取随机源的最长间隔。
tlsmgr_service_name string = tlsmgr
  The name of the service that keeps TLS sessions and randomness.
  管理 TLS 会话和随机数的服务名称。
@ tlsproxy
tlsproxy_service_name string = tlsproxy
  The name of the service that does TLS for others.
  代其他进程处理 TLS 的服务名称。
tlsproxy_watchdog_timeout time = 10s
  How long that service may be stuck.
  该服务卡住多久即被终止。
tlsproxy_client_loglevel_parameter string = smtp_tls_loglevel
  The parameter that gives the log level of its clients.
  给出其客户端日志级别的参数名。
`)
