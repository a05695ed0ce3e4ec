export type { Lookup } from '../../../../server/src/modules/lookups/schema.ts'
export type {
  Delivery,
  DeliveryWithAttempts,
  Replay,
  ReplayInput,
  Webhook,
  WebhookInput,
  WebhookPatch,
  WebhookWithSecret,
} from '../../../../server/src/modules/webhooks/schema.ts'
