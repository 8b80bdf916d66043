# SPDX-License-Identifier: AGPL-3.0-or-later
"""The readable members of an evidence file: what it is, and how it is checked."""

from __future__ import annotations

from typing import Final

FRENCH: Final = """\
FICHIER DE PREUVES U-HEALTHSEC

Ce fichier prouve des actes notés dans un journal scellé : qui les a signés, que le journal les contient, dans quel
ordre, et l'heure à laquelle le relais les a reçus. Il ne contient ni lettre, ni document, ni nom de patient : les
lettres et les patients y figurent par des numéros sans signification.

POUR LE VÉRIFIER
1. Prenez le programme « verify-receipts » dans le code source de U-HealthSec, dossier packaging (Python 3.11 ou plus
   récent). Il n'a besoin ni de l'application, ni du relais, ni d'Internet.
2. Demandez au responsable du relais, par une autre voie que ce fichier, les deux clés publiques de son journal.
3. Lancez :  python3 packaging/verify-receipts FICHIER.zip --log-key CLÉ1 --log-key CLÉ2
   Sans --log-key, le programme se sert des clés notées dans ce fichier, et le dit.

CE QUE LE FICHIER PROUVE
- Chaque acte a été signé par un ordinateur du compte, ou par le relais, et n'a pas été changé depuis.
- Chaque acte est dans le journal du relais, à la place indiquée, sous un état du journal signé de deux clés.
- Les actes d'un ordinateur se suivent sans trou ; s'il en manque, le programme dit lesquels.

CE QU'IL NE PROUVE PAS
- L'heure exacte d'un acte : l'heure de l'ordinateur est celle de son horloge ; celle du relais dit « au plus tard ».
  Si une autorité extérieure a horodaté le journal (RFC 3161), le programme dit quels actes y étaient, au plus tard
  quand, et d'après quel certificat. Donnez-lui celui que publie l'autorité, avec --authority FICHIER : celui du fichier
  vient du relais, et montre seulement que tous deux disent la même chose. Sinon, il dit « sans horodatage extérieur ».
- Qu'il n'y a pas eu d'autres actes, faits sur un ordinateur dont le programme a été modifié.
- Qui était assis devant l'ordinateur.

Chaque accusé peut en être tiré dans une forme que d'autres outils lisent (C2SP tlog-proof, COSE Receipt, RFC 9942) :
options --receipt et --cose. Le format est décrit dans crypto_core/spec/evidence.md du code source.
"""

ENGLISH: Final = """\
U-HEALTHSEC EVIDENCE FILE

This file proves acts that were noted in a sealed journal: who signed them, that the journal has them, in which
order, and when the relay received them. It holds no letter, no document and no name of a patient: letters and
patients stand in it as numbers that mean nothing.

HOW TO CHECK IT
1. Take the program "verify-receipts" from the source code of U-HealthSec, folder packaging (Python 3.11 or later).
   It needs neither the application, nor the relay, nor the Internet.
2. Ask whoever runs the relay, by another way than this file, for the two public keys of its journal.
3. Run:  python3 packaging/verify-receipts FILE.zip --log-key KEY1 --log-key KEY2
   Without --log-key the program uses the keys in this file, and says so.

WHAT THE FILE PROVES
- Each act was signed by a computer of the account, or by the relay, and has not been changed since.
- Each act is in the relay's journal, at the place given, under a state of the journal that two keys have signed.
- The acts of a computer follow each other without a gap; if some are missing, the program says which.

WHAT IT DOES NOT PROVE
- The exact time of an act: the computer's time is that of its clock; the relay's says "at the latest".
  If an outside authority has timestamped the journal (RFC 3161), the program says which acts were in it, when at the
  latest, and by whose certificate. Give it the one that the authority publishes, with --authority FILE: that of the file
  comes from the relay, and only shows that the two agree. Otherwise it says "not externally timestamped".
- That there were no other acts, on a computer whose program was changed.
- Who sat at the computer.

Each receipt can be taken out of it in a form that other tools read (C2SP tlog-proof, COSE Receipt, RFC 9942):
options --receipt and --cose. The format is described in crypto_core/spec/evidence.md of the source code.
"""
