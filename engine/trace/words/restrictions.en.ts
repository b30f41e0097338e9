/** What each restriction does, in English. SMTPD_ACCESS_README; postconf(5). */
export const restrictions = {
  permit: 'Permits; the rest of this list is not asked.',
  reject: 'Refuses whatever comes this far.',
  defer: 'Asks whatever comes this far to try again later.',
  defer_if_permit: 'Remembers: if nothing refuses this mail, it is deferred instead of permitted.',
  defer_if_reject: 'Remembers: if a later item of this list refuses, it is only deferred.',
  sleep: 'Waits so many seconds.',
  check_policy_service: 'Asks a policy server, which answers with an action of access(5).',
  permit_mynetworks: 'Permits a client whose address is in $mynetworks.',
  permit_inet_interfaces: 'Permits a client whose address is one of this server’s own.',
  permit_sasl_authenticated: 'Permits a client that has authenticated with AUTH.',
  permit_tls_clientcerts: 'Permits a client whose certificate or public key is listed in $relay_clientcerts.',
  permit_tls_all_clientcerts: 'Permits a client whose certificate an authority that we trust has signed.',
  check_client_access:
    'Asks a table about the client: its name, parent domains, address and networks of its address.',
  check_reverse_client_hostname_access:
    'Asks a table about the name that the client’s PTR record claims, verified or not.',
  check_ccert_access:
    'Asks a table about the fingerprint of the client’s TLS certificate, and of its public key.',
  check_sasl_access: 'Asks a table about the login name of an authenticated client.',
  reject_unknown_client_hostname:
    'Refuses a client when its address has no name, or the name does not lead back to the address.',
  reject_unknown_reverse_client_hostname: 'Refuses a client when its address has no name at all.',
  reject_unauth_pipelining: 'Refuses a client that sends commands ahead where the protocol makes it wait.',
  reject_plaintext_session: 'Refuses a session without TLS.',
  check_helo_access: 'Asks a table about the name the client gave in HELO or EHLO, and its parent domains.',
  reject_invalid_helo_hostname: 'Refuses a HELO argument that cannot be a host name.',
  reject_non_fqdn_helo_hostname: 'Refuses a HELO argument that is no full name: no dot in it.',
  reject_unknown_helo_hostname: 'Refuses a HELO argument that DNS has neither an address nor an MX for.',
  permit_naked_ip_address: 'Obsolete: permits a HELO argument that is an address without brackets.',
  check_sender_access: 'Asks a table about the sender: user@domain, domain, parent domains, user@.',
  reject_non_fqdn_sender: 'Refuses a sender whose domain is no full name.',
  reject_unknown_sender_domain:
    'Refuses a sender whose domain has neither MX nor address in DNS: no answer could ever reach it.',
  reject_unlisted_sender: 'Refuses a sender in a domain of ours who does not exist here.',
  reject_unverified_sender: 'Refuses a sender to whom a probe could not be delivered.',
  reject_sender_login_mismatch:
    'Refuses a sender address that is not owned by who is logged in, or that is owned when nobody is.',
  reject_authenticated_sender_login_mismatch:
    'Refuses a logged-in client that uses a sender address it does not own.',
  reject_known_sender_login_mismatch:
    'Like reject_sender_login_mismatch, for addresses that $smtpd_sender_login_maps has.',
  reject_unauthenticated_sender_login_mismatch:
    'Refuses a client that is not logged in but uses an address that somebody owns.',
  check_recipient_access: 'Asks a table about the recipient: user@domain, domain, parent domains, user@.',
  reject_unauth_destination: 'Refuses a recipient whose domain we neither deliver to nor relay for.',
  defer_unauth_destination:
    'Like reject_unauth_destination, but with a temporary answer: a mistake of ours costs no mail.',
  permit_auth_destination: 'Permits a recipient whose domain we deliver to or relay for.',
  permit_mx_backup:
    'Permits a recipient whose domain lists this server among its MX hosts, if its primary MX is in $permit_mx_backup_networks.',
  reject_non_fqdn_recipient: 'Refuses a recipient whose domain is no full name.',
  reject_unknown_recipient_domain: 'Refuses a recipient whose domain has neither MX nor address in DNS.',
  reject_unlisted_recipient:
    'Refuses a recipient in a domain of ours who is in none of its tables of recipients.',
  reject_unverified_recipient: 'Refuses a recipient to whom a probe could not be delivered.',
  reject_multi_recipient_bounce:
    'Refuses mail from the null sender to more than one recipient: a bounce has one.',
  check_etrn_access: 'Asks a table about the domain that an ETRN command names.',
  check_client_mx_access: 'Asks a table about the mail servers of the client’s name.',
  check_client_ns_access: 'Asks a table about the name servers of the client’s name.',
  check_client_a_access: 'Asks a table about the addresses of the client’s name.',
  check_reverse_client_hostname_mx_access:
    'Asks a table about the mail servers of the name that the client’s PTR record claims.',
  check_reverse_client_hostname_ns_access:
    'Asks a table about the name servers of the name that the client’s PTR record claims.',
  check_reverse_client_hostname_a_access:
    'Asks a table about the addresses of the name that the client’s PTR record claims.',
  check_helo_mx_access: 'Asks a table about the mail servers of the name given in HELO.',
  check_helo_ns_access: 'Asks a table about the name servers of the name given in HELO.',
  check_helo_a_access: 'Asks a table about the addresses of the name given in HELO.',
  check_sender_mx_access: 'Asks a table about the mail servers of the domain of the sender.',
  check_sender_ns_access: 'Asks a table about the name servers of the domain of the sender.',
  check_sender_a_access: 'Asks a table about the addresses of the domain of the sender.',
  check_recipient_mx_access: 'Asks a table about the mail servers of the domain of the recipient.',
  check_recipient_ns_access: 'Asks a table about the name servers of the domain of the recipient.',
  check_recipient_a_access: 'Asks a table about the addresses of the domain of the recipient.',
  reject_rbl_client: 'Refuses a client whose address is in this DNS block list.',
  permit_dnswl_client: 'Permits a client whose address is in this DNS allow list.',
  reject_rhsbl_client: 'Refuses a client whose name is in this DNS block list.',
  permit_rhswl_client: 'Permits a client whose name is in this DNS allow list.',
  reject_rhsbl_reverse_client: 'Refuses a client whose unverified name is in this DNS block list.',
  reject_rhsbl_helo: 'Refuses a HELO argument that is in this DNS block list.',
  reject_rhsbl_sender: 'Refuses a sender whose domain is in this DNS block list.',
  reject_rhsbl_recipient: 'Refuses a recipient whose domain is in this DNS block list.',
  reject_maps_rbl: 'Obsolete: use reject_rbl_client domain-name.',
  check_relay_domains: 'Obsolete: use reject_unauth_destination.',
}
