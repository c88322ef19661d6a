/** What asks for events on a conversation, and what tells them from answers. */

/** Of the call: the last position that was seen, or `fromNow`. */
export const watchHeader = 'watch-after';
export const fromNow = 'now';
/** What an event among answers has in the place of what became of a request. */
export const publishedCode = 'published';
