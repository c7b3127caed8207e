// Payout: the page's place.
import { Empty, PageHead } from '../../ui';

export default function PayoutPage() {
  return <><PageHead title="Payout" /><Empty>–</Empty></>;
}
