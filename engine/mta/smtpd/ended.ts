/** Thrown inside a session to end it. The message is the reason that the trace and the log give. */
export class Ended extends Error {}
