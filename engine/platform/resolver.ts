/** Names and addresses as a host of the lab sees them: /etc/hosts first where the system's resolver is meant, else DNS. */

export type RecordType = 'A' | 'AAAA' | 'MX' | 'PTR' | 'TXT' | 'CNAME' | 'NS' | 'SOA' | 'SRV' | 'TLSA'

export type DnsRecord = { readonly name: string; readonly ttl: number } & (
  | { readonly type: 'A' | 'AAAA' | 'PTR' | 'CNAME' | 'NS'; readonly value: string }
  | { readonly type: 'MX'; readonly preference: number; readonly exchange: string }
  | { readonly type: 'TXT'; readonly text: string }
  | {
      readonly type: 'SRV'
      readonly priority: number
      readonly weight: number
      readonly port: number
      readonly target: string
    }
  | {
      readonly type: 'TLSA'
      readonly usage: number
      readonly selector: number
      readonly matching: number
      readonly data: string
    }
  | {
      readonly type: 'SOA'
      readonly primary: string
      readonly mailbox: string
      readonly serial: number
      readonly refresh: number
      readonly retry: number
      readonly expire: number
      readonly minimum: number
    }
)

export type DnsCode = 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' | 'TIMEOUT'

/** Names have no trailing dot. NOERROR with no records of the type asked is what others call NODATA. */
export type DnsAnswer = {
  readonly code: DnsCode
  /** Answers in order, CNAMEs that were followed included. */
  readonly records: readonly DnsRecord[]
}

export interface Resolver {
  query(name: string, type: RecordType): Promise<DnsAnswer>
  /** As getaddrinfo: /etc/hosts, then A and AAAA. `temporary` when DNS could not say. */
  addresses(name: string): Promise<{ readonly addresses: readonly string[]; readonly temporary: boolean }>
  /** As getnameinfo: /etc/hosts, then PTR. Null when there is none. */
  nameOf(address: string): Promise<{ readonly name: string | null; readonly temporary: boolean }>
}
