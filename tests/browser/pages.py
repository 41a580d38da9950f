"""Which pages are looked at, and as whom; and what is at an address but is no page to look at."""

MISSING = "/n-existe-pas"

_EVERYBODY = """
/ /propositions /p/1 /p/2 /p/3 /p/4 /p/1/versions /p/1/r/1 /decisions /d/1 /agenda /appels
/e/1 /e/2 /e/2/compte-rendu /assemblee /partenaires /reseau /reseau/{news} /suivre /verifier
/connexion /rejoindre /a-propos /mentions-legales /confidentialite /accessibilite /@ana
/decisions/imprimer /assemblee/regles /p/1/amendements /rejoindre/ici /rejoindre/partenaire
/p/5/objections /p/6 /p/6/amendements /p/6/amendements/1 /n-existe-pas
"""

_MEMBER = """
/ /p/1 /p/2 /p/4 /d/1 /e/1 /e/2 /reseau/{news} /tableau-de-bord /ecrire /ecrire/proposition
/ecrire/appel /ecrire/reunion /p/1/reviser /p/1/retirer /p/1/ouvrir-le-vote
/p/1/ouvrir-le-vote?methode= /p/1/ouvrir-le-vote?methode=equal_shares
/p/1/ouvrir-le-vote?methode=majority_judgment /p/1/ouvrir-le-vote?methode=schulze
/p/1/ouvrir-le-vote?methode=approval /p/1/ouvrir-le-vote?methode=star
/p/1/ouvrir-le-vote?methode=dots /p/1/ouvrir-le-vote?methode=d21
/p/1/ouvrir-le-vote?methode=dates /p/1/ouvrir-le-vote?methode=single
/p/1/ouvrir-le-vote?methode=consent /p/1/ouvrir-le-vote?methode=consensus /p/4/salle
/p/2/voter /p/2/recu
/p/4/voter /p/2/clore /p/2/prolonger /p/2/annuler-le-vote /p/2/changer-le-texte /p/2/salle
/p/4/procuration /d/1/suite /e/1/modifier /e/1/annuler /e/2/reunion
/e/2/ordre-du-jour /e/2/emargement /e/2/emargement/imprimer /e/2/compte-rendu/ecrire
/e/2/compte-rendu /compte /compte/profil /compte/langue /compte/ailleurs /compte/mot-de-passe
/compte/quitter /compte/compte-lie /p/1/amender /p/1/amendements /p/1/tour /p/1/reporter
/p/5/voter /p/5/objections
/p/7 /p/6/amendements/1 /p/6/amendements/1/voter /p/6/amendements/1/clore
/p/6/amendements/1/salle
/p/6/amendements/1/prolonger /p/6/amendements/1/annuler-le-vote /p/7/amendements/1
/p/7/amendements/1/ouvrir-le-vote /brouillons/{draft} /n/{note}/modifier /n/{note}/supprimer
"""

_IN_CHARGE = """
/admin /admin/reglages /admin/membres /admin/reseau /admin/file /admin/journal /interagir
/@ana /compte/page /d/1 /d/1/corriger /admin/journal-des-actes /admin/membres/{member} /admin/regles
/admin/regles/methodes /admin/membres/invitations/{invitation}
"""

PAGES = [
    *(("", path) for path in _EVERYBODY.split()),
    *(("ben", path) for path in _MEMBER.split()),
    *(("ana", path) for path in _IN_CHARGE.split()),
]

# files to take away, other addresses of the same page, doors that only lead on,
# what needs more of a story than the others, and what is seen once, at a secret address
NO_PAGES: set[str] = {
    "/agenda.ics",
    "/e/{n:int}.ics",
    "/flux.atom",
    "/robots.txt",
    "/favicon.ico",
    "/readyz",
    "/source.zip",
    "/decisions.csv",
    "/decisions.pdf",
    "/d/{n:int}.pdf",
    "/decisions/registre.json",
    "/decisions/registre.zip",
    "/e/{n:int}/compte-rendu.pdf",
    "/p/{n:int}/bulletins.json",
    "/p/{n:int}/amendements/{a:int}/bulletins.json",
    "/p/{n:int}/amendements/{a:int}/recu",
    "/p/{n:int}/amendements/{a:int}/procuration",
    "/p/{n:int}/vote",
    "/g/{handle}",
    "/n/{ulid}",
    "/u/{handle}",
    "/p/{n:int}-{slug}",
    "/authorize_interaction",
    "/admin/membres/demandes/{id:int}",
    "/admin/membres/invitations/{id:int}/imprimer",
    "/invitation/{secret}",
    "/rejoindre/demande/{secret}",
    "/lien/{secret}",
    "/preuve/{token}",
    "/e/{n:int}/reponse/{secret}",
    "/p/{n:int}/seconde-convocation",
    "/p/{n:int}/tour-suivant",
    "/p/{n:int}/tirage",
    "/p/{n:int}/tirage.json",
    "/e/{n:int}/compte-rendu/imprimer",
    "/e/{n:int}/compte-rendu/relire",
}
