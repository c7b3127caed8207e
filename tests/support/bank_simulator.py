"""A bank that takes pain.001 files and answers as banks do: pain.002 for what it accepted and refused, camt.054 for what it
booked and for what came back later. Strict where banks are: a file that breaks its rules is refused as a whole. The same seed
gives the same answers.
"""
import random
import xml.etree.ElementTree as tree
from dataclasses import dataclass, field

PAIN_001 = "{urn:iso:std:iso:20022:tech:xsd:pain.001.001.09}"
REFUSED = [("AC01", "account number incorrect"), ("AC04", "account closed"), ("RC01", "")]
RETURNED = [("AC04", "account closed"), ("MD07", "payee is deceased"), ("MS03", "")]


@dataclass
class Payment:
    """One transfer of a file, and what becomes of it."""
    end_to_end_id: str
    amount: str
    name: str
    iban: str
    outcome: str = "paid"            # paid, rejected, returned
    reason: tuple = ("", "")
    is_close_match: bool = False


@dataclass
class Order:
    """A payment file as the bank has it."""
    message_id: str
    payments: list = field(default_factory=list)

    def count(self, outcome):
        return sum(payment.outcome == outcome for payment in self.payments)


def text_at(node, path):
    found = node.find("/".join(PAIN_001 + name for name in path.split("/")))
    if found is None or not (found.text or "").strip():
        raise ValueError(f"the file has no {path}")
    return found.text.strip()


class Bank:
    """Its payments by end-to-end id are unique for ever, over all files."""

    def __init__(self, seed, rejected_share=0.1, returned_share=0.1, close_match_share=0.2):
        self.random = random.Random(seed)
        self.shares = (rejected_share, returned_share, close_match_share)
        self.seen = set()
        self.letters = 0

    def take(self, content):
        """The order in a pain.001.001.09 file, with the fate of each payment drawn. ValueError: refused."""
        root = tree.fromstring(content)
        initiation = root.find(PAIN_001 + "CstmrCdtTrfInitn")
        if initiation is None:
            raise ValueError("the file is no pain.001.001.09")
        order = Order(text_at(initiation, "GrpHdr/MsgId"))
        blocks = initiation.findall(PAIN_001 + "PmtInf")
        transfers = [transfer for block in blocks for transfer in block.findall(PAIN_001 + "CdtTrfTxInf")]
        if len(blocks) != 1 or str(len(transfers)) != text_at(initiation, "GrpHdr/NbOfTxs"):
            raise ValueError("expected one PmtInf with as many transfers as the header says")
        for transfer in transfers:
            payment = Payment(text_at(transfer, "PmtId/EndToEndId"), text_at(transfer, "Amt/InstdAmt"), text_at(transfer, "Cdtr/Nm"),
                              text_at(transfer, "CdtrAcct/Id/IBAN"))
            if payment.end_to_end_id in self.seen:
                raise ValueError(f"{payment.end_to_end_id} was paid before")
            self.seen.add(payment.end_to_end_id)
            self.draw(payment)
            order.payments.append(payment)
        cents = sum(round(float(payment.amount) * 100) for payment in order.payments)
        if cents != round(float(text_at(initiation, "GrpHdr/CtrlSum")) * 100):
            raise ValueError("the control sum is wrong")
        return order

    def draw(self, payment):
        rejected, returned, close_match = self.shares
        chance = self.random.random()
        if chance < rejected:
            payment.outcome, payment.reason = "rejected", self.random.choice(REFUSED)
        elif chance < rejected + returned:
            payment.outcome, payment.reason = "returned", self.random.choice(RETURNED)
        payment.is_close_match = self.random.random() < close_match

    def letter_id(self):
        self.letters += 1
        return f"BANK-{self.letters:06}"

    def report(self, order, statuses, version="10", group="PART"):
        """A pain.002 with a status of each payment: (payment, status, reason code, text)."""
        lines = []
        for payment, status, code, words in statuses:
            reason = f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn>{f'<AddtlInf>{words}</AddtlInf>' if words else ''}</StsRsnInf>" if code else ""
            party = f"<Nm>{payment.name}</Nm>"
            lines.append(f"<TxInfAndSts><OrgnlEndToEndId>{payment.end_to_end_id}</OrgnlEndToEndId><TxSts>{status}</TxSts>{reason}"
                         f'<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">{payment.amount}</InstdAmt></Amt>'
                         f"<Cdtr>{party if version == '03' else f'<Pty>{party}</Pty>'}</Cdtr>"
                         f"<CdtrAcct><Id><IBAN>{payment.iban}</IBAN></Id></CdtrAcct></OrgnlTxRef></TxInfAndSts>\n")
        block = (f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{order.message_id}-1</OrgnlPmtInfId>\n{''.join(lines)}</OrgnlPmtInfAndSts>\n"
                 if lines else "")
        return (f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}">'
                f"<CstmrPmtStsRpt>\n<GrpHdr><MsgId>{self.letter_id()}</MsgId><CreDtTm>2026-02-02T08:00:00</CreDtTm></GrpHdr>\n"
                f"<OrgnlGrpInfAndSts><OrgnlMsgId>{order.message_id}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>"
                f"<GrpSts>{group}</GrpSts></OrgnlGrpInfAndSts>\n{block}</CstmrPmtStsRpt></Document>\n").encode()

    def verifications(self, order):
        """Names compared with accounts, before anything moves; a close match tells the name that the bank has."""
        return self.report(order, [(payment, "RVMC" if payment.is_close_match else "RCVC", "", "") for payment in order.payments],
                           group="RVCM")

    def acknowledgement(self, order):
        return self.report(order, [], group="ACCP")

    def first_answer(self, order, version="10"):
        """What is refused, and why; the rest is on its way."""
        return self.report(order, [(payment, "RJCT", *payment.reason) if payment.outcome == "rejected" else
                                   (payment, "ACSP", "", f"name is {payment.name}" if payment.is_close_match else "")
                                   for payment in order.payments], version)

    def notification(self, entries):
        """A camt.054 of (payment, order, direction)."""
        lines = []
        for payment, order, direction in entries:
            code, words = payment.reason if direction == "CRDT" else ("", "")
            back = f"<RtrInf><Rsn><Cd>{code}</Cd></Rsn>{f'<AddtlInf>{words}</AddtlInf>' if words else ''}</RtrInf>" if code else ""
            lines.append(f'<Ntry><Amt Ccy="EUR">{payment.amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
                         f"<BookgDt><Dt>2026-02-02</Dt></BookgDt><AcctSvcrRef>REF{payment.end_to_end_id.replace('-', '')}{direction}</AcctSvcrRef>"
                         f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>{'RRTN' if direction == 'CRDT' else 'ESCT'}</SubFmlyCd>"
                         f"</Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs><MsgId>{order.message_id}</MsgId>"
                         f"<EndToEndId>{payment.end_to_end_id}</EndToEndId></Refs>"
                         f'<Amt Ccy="EUR">{payment.amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'
                         f"<RltdPties><Cdtr><Pty><Nm>{payment.name}</Nm></Pty></Cdtr></RltdPties>{back}</TxDtls></NtryDtls></Ntry>\n")
        return ('<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08">'
                f"<BkToCstmrDbtCdtNtfctn>\n<GrpHdr><MsgId>{self.letter_id()}</MsgId><CreDtTm>2026-02-02T18:00:00</CreDtTm></GrpHdr>\n"
                "<Ntfctn><Id>N</Id><CreDtTm>2026-02-02T18:00:00</CreDtTm><Acct><Id><IBAN>FI2112345600000785</IBAN></Id></Acct>\n"
                f"{''.join(lines)}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>\n").encode()

    def debits(self, order):
        return self.notification([(payment, order, "DBIT") for payment in order.payments if payment.outcome != "rejected"])

    def returns(self, order):
        return self.notification([(payment, order, "CRDT") for payment in order.payments if payment.outcome == "returned"])
