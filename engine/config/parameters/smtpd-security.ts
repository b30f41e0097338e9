/**
 * Login and encryption at the SMTP server.
 *
 * postconf(5).
 */
import { parameterRows } from '#config/parameters/parameter.ts'

export const smtpdSecurityParameters = parameterRows(`
@ smtpd
smtpd_sasl_auth_enable bool = no
  Whether clients may log in with AUTH.
  客户端是否可以用 AUTH 登录。
smtpd_sasl_type string = cyrus
  The SASL library of the server: cyrus or dovecot.
  服务器使用的 SASL 实现：cyrus 或 dovecot。
smtpd_sasl_path string = smtpd
  Its settings' name, or the socket of Dovecot.
  该实现的配置名，或 Dovecot 的套接字。
smtpd_sasl_service string = smtp
  The service name given to the SASL library.
  传给 SASL 实现的服务名。
smtpd_sasl_local_domain string =
  The realm of accounts whose login names have none.
  登录名不带域时账户所属的 realm。
smtpd_sasl_security_options list = noanonymous
  Which kinds of mechanisms are not offered in the clear.
  未加密时不提供哪类认证机制。
smtpd_sasl_tls_security_options list = $smtpd_sasl_security_options
  Which kinds of mechanisms are not offered within TLS.
  TLS 中不提供哪类认证机制。
smtpd_sasl_mechanism_filter list = !external, static:rest
  Which mechanisms of the library are offered.
  提供该实现中的哪些认证机制。
smtpd_sasl_authenticated_header bool = no
  Whether the Received line shows the login name.
  Received 行中是否显示登录名。
smtpd_sasl_exceptions_networks list =
  Clients to which AUTH is not offered.
  不向其提供 AUTH 的客户端。
smtpd_sasl_response_limit size = 12288
  How long a client's answer during AUTH may be.
  AUTH 过程中客户端应答的最大长度。
broken_sasl_auth_clients bool = no
  Whether AUTH is also announced in an old form for old clients.
  是否为旧客户端同时用旧写法宣告 AUTH。
cyrus_sasl_config_path string =
  Folders in which Cyrus SASL looks for its settings.
  Cyrus SASL 查找配置的目录。
@ smtpd
smtpd_tls_security_level enum(none,may,encrypt) =
  Whether TLS is not offered, offered, or required.
  不提供、提供还是要求 TLS。
smtpd_use_tls bool = no
  The older switch: offer STARTTLS.
  旧开关：提供 STARTTLS。
smtpd_enforce_tls bool = no
  The older switch: require STARTTLS.
  旧开关：要求 STARTTLS。
smtpd_tls_auth_only bool = no
  Whether AUTH is offered within TLS only.
  是否只在 TLS 中提供 AUTH。
smtpd_tls_wrappermode bool = no
  Whether TLS begins at once, without STARTTLS, as on port 465.
  是否像 465 端口那样一开始就用 TLS 而不经 STARTTLS。
smtpd_tls_received_header bool = no
  Whether the Received line says how the session was encrypted.
  Received 行中是否注明加密方式。
smtpd_tls_cert_file string =
  The server's RSA certificate, with those that lead to its authority.
  服务器的 RSA 证书及其证书链。
smtpd_tls_key_file string = $smtpd_tls_cert_file
  The key of that certificate.
  该证书的私钥。
smtpd_tls_dcert_file string =
  The server's DSA certificate.
  服务器的 DSA 证书。
smtpd_tls_dkey_file string = $smtpd_tls_dcert_file
  The key of the DSA certificate.
  DSA 证书的私钥。
smtpd_tls_eccert_file string =
  The server's ECDSA certificate.
  服务器的 ECDSA 证书。
smtpd_tls_eckey_file string = $smtpd_tls_eccert_file
  The key of the ECDSA certificate.
  ECDSA 证书的私钥。
smtpd_tls_chain_files list =
  Files that hold keys and certificate chains together.
  同时含有私钥和证书链的文件。
smtpd_tls_CAfile string =
  A file of certificates of authorities for clients' certificates.
  用于验证客户端证书的颁发机构证书文件。
smtpd_tls_CApath string =
  A folder of certificates of authorities for clients' certificates.
  用于验证客户端证书的颁发机构证书目录。
smtpd_tls_ask_ccert bool = no
  Whether clients are asked for a certificate.
  是否向客户端索要证书。
smtpd_tls_req_ccert bool = no
  Whether clients must have a certificate that is believed.
  是否要求客户端出示受信任的证书。
smtpd_tls_ccert_verifydepth int = 9
  How long a client's chain of certificates may be.
  客户端证书链的最大长度。
smtpd_tls_fingerprint_digest string = \${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}
  The digest of client certificate fingerprints.
  客户端证书指纹使用的摘要算法。
smtpd_tls_ciphers enum(export,low,medium,high,null) = medium
  The lowest grade of ciphers when TLS is optional.
  TLS 为可选时的最低密码套件等级。
smtpd_tls_mandatory_ciphers enum(export,low,medium,high,null) = medium
  The lowest grade of ciphers when TLS is required.
  TLS 为必须时的最低密码套件等级。
smtpd_tls_exclude_ciphers list =
  Ciphers that are never used.
  任何时候都不使用的密码套件。
smtpd_tls_mandatory_exclude_ciphers list =
  More ciphers that are not used when TLS is required.
  TLS 为必须时另外排除的密码套件。
smtpd_tls_protocols list = >=TLSv1
  Versions of TLS that are used when it is optional.
  TLS 为可选时允许的协议版本。
smtpd_tls_mandatory_protocols list = >=TLSv1
  Versions of TLS that are used when it is required.
  TLS 为必须时允许的协议版本。
smtpd_tls_dh1024_param_file string =
  Parameters for Diffie-Hellman of 1024 bits or more.
  1024 位及以上 Diffie-Hellman 的参数文件。
smtpd_tls_dh512_param_file string =
  Parameters for export-grade Diffie-Hellman, which is no longer used.
  出口级 Diffie-Hellman 的参数文件，现已不用。
smtpd_tls_eecdh_grade enum(none,strong,ultra,auto) = auto
  The strength of elliptic-curve key exchange.
  椭圆曲线密钥交换的强度。
smtpd_tls_always_issue_session_ids bool = yes
  Whether clients always get a TLS session id.
  是否总是给客户端分配 TLS 会话标识。
smtpd_tls_session_cache_database string =
  A table that keeps TLS sessions for reuse.
  保存 TLS 会话以便复用的查找表。
smtpd_tls_session_cache_timeout time = 3600s
  How long a TLS session is kept.
  TLS 会话保留的时间。
smtpd_tls_loglevel int = 0
  How much of the TLS handshake is logged.
  记录 TLS 握手的详细程度。
`)
