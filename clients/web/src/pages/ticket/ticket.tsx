// Ticket: the page's place.
import { Empty, PageHead } from '../../ui';

export default function TicketPage() {
  return <><PageHead title="Ticket" /><Empty>–</Empty></>;
}
