/** The wire that pop3d, imapd and sieved share. LMTP has the same one, so it lives above the roles. */
export { Wire, type WireBytes, type WireLine, type WireTls } from '#engine/wire.ts'
