// Reviews: the page's place.
import { Empty, PageHead } from '../../ui';

export default function ReviewsPage() {
  return <><PageHead title="Reviews" /><Empty>–</Empty></>;
}
