/** From a request to the event, by what stands in front of the function. */
export const EVENTS: Record<string, (request: object) => object>;
