/** Why a recipient goes the way it goes, in English: the queue manager says it so. */
export const route = (why: string): string => why
