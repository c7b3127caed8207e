// Payouts: the page's place.
import { Empty, PageHead } from '../../ui';

export default function PayoutsPage() {
  return <><PageHead title="Payouts" /><Empty>–</Empty></>;
}
