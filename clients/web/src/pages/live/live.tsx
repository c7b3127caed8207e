// Live: the page's place.
import { Empty, PageHead } from '../../ui';

export default function LivePage() {
  return <><PageHead title="Live" /><Empty>–</Empty></>;
}
