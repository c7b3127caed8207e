// Slip: the page's place.
import { Empty, PageHead } from '../../ui';

export default function SlipPage() {
  return <><PageHead title="Slip" /><Empty>–</Empty></>;
}
