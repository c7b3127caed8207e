// Breaches: the page's place.
import { Empty, PageHead } from '../../ui';

export default function BreachesPage() {
  return <><PageHead title="Breaches" /><Empty>–</Empty></>;
}
