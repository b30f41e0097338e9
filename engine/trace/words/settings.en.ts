/** What a setting that made a reply has to do with it, in English. postconf(5); Dovecot 2.3. */
export const settings = {
  smtpd_hard_error_limit: 'The client made more errors in this session than the server bears with.',
  smtpd_timeout: 'The client said nothing for too long.',
  smtpd_tls_security_level:
    'The session must be encrypted before anything else, or TLS is not offered at all: that is what this setting says.',
  smtpd_tls_auth_only: 'A password is not taken before the session is encrypted.',
  smtpd_sasl_auth_enable: 'This service lets nobody log in.',
  smtpd_sasl_type: 'Logins are to be checked by a back end that this host does not have.',
  smtpd_forbidden_commands: 'This is no SMTP: a program of another protocol talks to this port.',
  smtpd_client_connection_count_limit:
    'The client has more connections open at the same time than one client may.',
  smtpd_client_connection_rate_limit: 'The client has connected more often in this time than one client may.',
  smtpd_client_message_rate_limit: 'The client has begun more letters in this time than one client may.',
  smtpd_client_recipient_rate_limit: 'The client has named more recipients in this time than one client may.',
  smtpd_client_new_tls_session_rate_limit:
    'The client has begun more TLS sessions in this time than one client may.',
  smtpd_client_auth_rate_limit: 'The client has tried to log in more often in this time than one client may.',
  smtpd_recipient_limit:
    'One letter may have only so many recipients here; the others go in another transaction.',
  message_size_limit: 'The letter is larger than this server takes, in bytes.',
  disable_vrfy_command: 'Whether an address exists is not told: those who collect addresses would ask.',
  smtpd_discard_ehlo_keywords: 'This extension is switched off for the client.',
  smtpd_forbid_bare_newline: 'A line of the letter ended with LF alone, without CR: so letters are smuggled.',
  smtpd_tls_cert_file: 'The server has no certificate to begin TLS with.',
  fast_flush_domains: 'Mail is kept ready for ETRN only for these domains.',
  smtpd_authorized_xclient_hosts: 'Only these hosts may say that they speak for another client.',
  smtpd_authorized_xforward_hosts: 'Only these hosts may say where a letter came from.',
  hopcount_limit: 'The letter has been received by more servers than this: it goes in a circle.',
  message_reject_characters: 'The letter has a character that this server does not let through.',
  mime_nesting_limit: 'The letter has parts within parts, deeper than this.',
  strict_7bit_headers:
    'A header field has bytes that are not ASCII, and this server is strict about that (or strict_8bitmime is on).',
  strict_8bitmime_body:
    'The body has bytes that are not ASCII without saying so, and this server is strict about that (or strict_8bitmime is on).',
  strict_mime_encoding_domain:
    'A multipart or message part is encoded, which MIME forbids, and this server is strict about that.',
  disable_plaintext_auth:
    'A password is not taken before the session is encrypted: STLS or STARTTLS first, or the port for TLS.',
  auth_mechanisms: 'The server does not offer that way of logging in.',
  ssl: 'TLS is not offered at all.',
  smtpd_tls_req_ccert: 'The client must show a certificate of its own that this server trusts.',
}
