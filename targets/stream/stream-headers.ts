/** Record headers of ours: they ride beside whatever a user's own records hold. */
export const idHeader = 'wirebench-id';
export const correlationHeader = 'wirebench-correlation';
export const replyTopicHeader = 'wirebench-reply-topic';
export const retriesHeader = 'wirebench-retries';
