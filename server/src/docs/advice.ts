/** What to do about a refusal: for each code that needs its own word, and for the rest by status. */

const BY_STATUS: Readonly<Record<number, string>> = {
  400: 'Correct the request; the same one will be refused again.',
  401: 'Send a credential that is known and alive.',
  403: 'Use a credential that may do this. The same one will be refused again.',
  404: 'Check the address and the id. What is another workspace’s is answered like what is not there.',
  405: 'Use a method that the header `Allow` names.',
  408: 'Send the request faster, or try again.',
  409: 'Look at what is there now, then decide whether to ask for something else.',
  410: 'Begin anew, without what has ended.',
  412: 'Fetch it again, look at what changed, and send your change with the new `ETag`.',
  413: 'Send less at once.',
  414: 'Shorten the URL: it may have 8 KiB.',
  415: 'Send `Content-Type: application/json`, or multipart where a file is asked for.',
  416: 'Ask for a range within the file.',
  422: 'Correct what `errors` names; the same request will be refused again.',
  426: 'Open it as a websocket.',
  429: 'Wait as many seconds as `Retry-After` says, then try again.',
  431: 'Send fewer or shorter headers: 16 KiB in all.',
  500: 'Try again later with the same `Idempotency-Key`; tell whoever runs the server the `request_id`.',
  503: 'Try again after `Retry-After` seconds, with the same `Idempotency-Key`.',
}

const BY_CODE: Readonly<Record<string, string>> = {
  client_message_id_taken: 'Give the message an id of its own, or send exactly what you sent the first time.',
  credential_invalid: 'Check that the whole key was copied, that it was not revoked and has not expired.',
  credential_missing: 'Send `Authorization: Bearer …`.',
  caller_not_allowed: 'Call from an address or page that the key’s `allow` names, or change the list.',
  cursor_expired: 'Fetch what you need afresh, then read the events without `after`.',
  draining:
    'Try again in a moment, with the same `Idempotency-Key`: another process answers, or this one once it is back.',
  file_link_invalid: 'Fetch the file’s object again: its `url` is good for an hour.',
  idempotency_answer_lost: 'It was done. Read what it made instead of repeating it.',
  idempotency_in_flight: 'Wait a second and repeat it with the same key.',
  idempotency_key_invalid: 'Use 1 to 255 printable ASCII characters, such as a UUID.',
  idempotency_mismatch: 'Use a new key for a new request, and the same body for a repeat.',
  identity_conflict: 'Decide which contact is meant; each identity belongs to one.',
  identity_required: 'Give `email`, `phone` or `external_id`.',
  invalid: 'Correct the fields that `errors` names, by pointer and code.',
  link_invalid: 'Ask for a new sign-in link.',
  origin_not_allowed: 'From browsers use a key, not a session: a session changes things only from our own pages.',
  scope_missing: 'Use a key with the scope that `detail` names.',
  tag_name_taken: 'Use the tag there is.',
  webhook_disabled: 'Switch it on again first: `PATCH` with `enabled: true`.',
  workspace_not_yours: 'Leave `Antiphon-Workspace` out: a key has one workspace.',
  workspace_required: 'Name the workspace in the header `Antiphon-Workspace`.',
}

export function adviceFor(code: string, status: number): string {
  return BY_CODE[code] ?? BY_STATUS[status] ?? 'Look at `detail`.'
}

/** The codes that have a word of their own. */
export const advised: readonly string[] = Object.keys(BY_CODE)
