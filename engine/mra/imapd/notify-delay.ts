/** Several changes in a row are told together: so many milliseconds after the first. Dovecot 2.3. */
export const notifyDelay = 500
