// CloudFront function: a path without a file extension belongs to the SPA's router.
function handler(event) {
  var request = event.request;
  if (!/\.[a-zA-Z0-9]+$/.test(request.uri)) request.uri = '/index.html';
  return request;
}
