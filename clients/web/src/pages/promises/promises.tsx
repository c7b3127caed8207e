// Promises: the page's place.
import { Empty, PageHead } from '../../ui';

export default function PromisesPage() {
  return <><PageHead title="Promises" /><Empty>–</Empty></>;
}
