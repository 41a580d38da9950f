"""What the two demonstration assemblies say: texts of our own, of realistic length."""

TITLE = "Fin de mandat d’une coordination : qui prend la suite, et comment"

PROPOSAL = """## Ce qui ne va pas

Aujourd’hui, une coordination commence un jour et ne finit jamais vraiment. Les mêmes personnes \
tiennent l’agenda, répondent aux messages et gardent les mots de passe. Quand l’une d’elles \
s’arrête, tout s’arrête avec elle : les demandes restent sans réponse, les salles ne sont plus \
réservées, et personne n’ose reprendre, de peur de mal faire.

## Ce que nous proposons

1. **Un mandat dure six mois.** Il commence et se termine en assemblée, à une date écrite à \
l’avance dans l’agenda.
2. **Une coordination, c’est trois personnes au moins**, et personne n’y reste plus de deux \
mandats de suite.
3. **Un mois avant la fin**, la coordination l’annonce à toute l’assemblée et ouvre un appel : \
toute personne membre peut se proposer, ou proposer quelqu’un avec son accord.
4. **Pendant deux semaines, l’ancienne et la nouvelle coordination travaillent ensemble.** Une \
liste commune dit ce qui se transmet : clés, comptes, contacts, engagements pris, questions \
restées ouvertes.
5. **Si personne ne se propose**, l’assemblée tire au sort parmi les membres qui l’acceptent. Si \
personne n’accepte, les tâches sont suspendues et l’assemblée le dit publiquement : une tâche que \
personne ne porte n’est pas une faute, c’est une information.
6. **À la fin, un compte rendu** d’une page : ce qui a été fait, ce qui ne l’a pas été, ce que la \
suite devrait savoir.

## Ce que cela change

Personne ne devient indispensable. Les nouvelles personnes voient une porte s’ouvrir tous les six \
mois. Et quand une coordination s’arrête plus tôt que prévu, la règle dit déjà quoi faire.

## Ce que cela coûte

Deux semaines de travail à deux équipes, deux fois par an, et une page à écrire. Nous proposons \
d’essayer pendant un an, puis d’en reparler.
"""

COMMENT = """Chez nous, la passation de deux semaines a tout changé : les mots de passe ne se \
perdent plus. Une question : que se passe-t-il si l’ancienne coordination ne peut pas être là, par \
exemple en cas de maladie ? Nous avons ajouté une enveloppe fermée, gardée par une autre \
assemblée."""

REASON = "La règle est claire, et on en reparle dans un an."

STATEMENT = (
    "La règle s’applique à partir de la prochaine assemblée. La coordination actuelle ouvre "
    "l’appel dès demain."
)

CALL = {
    "title": "Premier appel : rejoindre la coordination d’accueil",
    "text": (
        "Trois personnes pour six mois, deux heures par semaine environ. Aucune expérience n’est "
        "demandée : l’équipe actuelle reste deux semaines avec vous."
    ),
    "place_name": "Maison des associations",
    "street": "4, rue du Pont",
    "locality": "Saint-Martin",
    "how_to_join": "venez, ou dites-le ici",
    "needed": "3",
}
