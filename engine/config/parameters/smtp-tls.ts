/**
 * The SMTP client under TLS: when it encrypts, and whose certificate it believes.
 *
 * postconf(5).
 */
import { parameterRows } from '#config/parameters/parameter.ts'

export const smtpTlsParameters = parameterRows(`
@ smtp
smtp_tls_security_level enum(none,may,encrypt,dane,dane-only,fingerprint,verify,secure) =
  How strongly TLS is asked for: not, when offered, always, or with a verified certificate.
  对 TLS 的要求：不用、可用则用、必须用，或必须验证证书。
smtp_tls_policy_maps list =
  Tables that give the TLS level for each destination.
  按目的地指定 TLS 级别的查找表。
smtp_tls_per_site string =
  The older table of TLS levels for each site.
  较旧的按站点 TLS 策略表。
smtp_use_tls bool = no
  The older switch: TLS when the server offers it.
  旧开关：服务器支持时使用 TLS。
smtp_enforce_tls bool = no
  The older switch: TLS always, with a name that fits.
  旧开关：必须使用 TLS 且名称相符。
smtp_tls_enforce_peername bool = yes
  Whether, with smtp_enforce_tls, the name in the certificate must fit.
  使用 smtp_enforce_tls 时证书名称是否必须相符。
smtp_tls_wrappermode bool = no
  Whether TLS begins at once, without STARTTLS, as on port 465.
  是否像 465 端口那样一开始就用 TLS 而不经 STARTTLS。
smtp_tls_CAfile string =
  A file of certificates of authorities that are believed.
  受信任的证书颁发机构证书文件。
smtp_tls_CApath string =
  A folder of certificates of authorities that are believed.
  受信任的证书颁发机构证书目录。
smtp_tls_cert_file string =
  The client's own RSA certificate.
  客户端自己的 RSA 证书。
smtp_tls_key_file string = $smtp_tls_cert_file
  The key of that certificate.
  该证书的私钥。
smtp_tls_dcert_file string =
  The client's own DSA certificate.
  客户端自己的 DSA 证书。
smtp_tls_dkey_file string = $smtp_tls_dcert_file
  The key of the DSA certificate.
  DSA 证书的私钥。
smtp_tls_eccert_file string =
  The client's own ECDSA certificate.
  客户端自己的 ECDSA 证书。
smtp_tls_eckey_file string = $smtp_tls_eccert_file
  The key of the ECDSA certificate.
  ECDSA 证书的私钥。
smtp_tls_chain_files list =
  Files that hold keys and certificate chains together.
  同时含有私钥和证书链的文件。
smtp_tls_ciphers enum(export,low,medium,high,null) = medium
  The lowest grade of ciphers when TLS is optional.
  TLS 为可选时的最低密码套件等级。
smtp_tls_mandatory_ciphers enum(export,low,medium,high,null) = medium
  The lowest grade of ciphers when TLS is required.
  TLS 为必须时的最低密码套件等级。
smtp_tls_exclude_ciphers list =
  Ciphers that are never used.
  任何时候都不使用的密码套件。
smtp_tls_mandatory_exclude_ciphers list =
  More ciphers that are not used when TLS is required.
  TLS 为必须时另外排除的密码套件。
smtp_tls_protocols list = >=TLSv1
  Versions of TLS that are used when it is optional.
  TLS 为可选时允许的协议版本。
smtp_tls_mandatory_protocols list = >=TLSv1
  Versions of TLS that are used when it is required.
  TLS 为必须时允许的协议版本。
smtp_tls_fingerprint_cert_match list =
  Fingerprints of certificates that are believed.
  受信任证书的指纹。
smtp_tls_fingerprint_digest string = \${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}
  The digest of those fingerprints.
  指纹使用的摘要算法。
smtp_tls_secure_cert_match list = nexthop, dot-nexthop
  Which names a certificate must show at the level secure.
  secure 级别要求证书中出现哪些名称。
smtp_tls_verify_cert_match list = hostname
  Which names a certificate must show at the level verify.
  verify 级别要求证书中出现哪些名称。
smtp_tls_scert_verifydepth int = 9
  How long a chain of certificates may be.
  证书链的最大长度。
smtp_tls_trust_anchor_file string =
  Files of the only authorities that are believed.
  仅信任其中颁发机构的证书文件。
smtp_tls_servername string =
  The server name that the client sends in the handshake.
  握手时客户端发送的服务器名称。
smtp_tls_session_cache_database string =
  A table that keeps TLS sessions for reuse.
  保存 TLS 会话以便复用的查找表。
smtp_tls_session_cache_timeout time = 3600s
  How long a TLS session is kept.
  TLS 会话保留的时间。
smtp_tls_connection_reuse bool = no
  Whether connections under TLS are used again.
  是否复用 TLS 连接。
smtp_tls_loglevel int = 0
  How much of the TLS handshake is logged.
  记录 TLS 握手的详细程度。
smtp_tls_note_starttls_offer bool = no
  Whether servers that offer STARTTLS unused are logged.
  是否记录提供了 STARTTLS 而未被使用的服务器。
smtp_tls_block_early_mail_reply bool = no
  Whether replies that came before their commands, a sign of injection, are detected.
  是否检测先于命令到来的应答（注入攻击的迹象）。
smtp_tls_dane_insecure_mx_policy string = \${{$smtp_tls_security_level} == {dane} ? {dane} : {may}}
  The TLS level for hosts found by an MX record that was not secure.
  MX 记录未经安全验证时所用的 TLS 级别。
smtp_tls_force_insecure_host_tlsa_lookup bool = no
  Whether TLSA records are asked for even when the address was not secure.
  地址未经安全验证时是否仍查询 TLSA 记录。
`)
