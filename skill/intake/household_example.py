"""An example of each form of a household file; both hold the same people, and both can be imported."""

from skill.intake.household import FileKind

_JSON = """\
{
  "patients": [
    {
      "name": "Ada",
      "zone": "America/New_York",
      "speak_medicines": false,
      "address": "12 Elm Street, Albany, New York",
      "dispatch": "518 555 0143",
      "caregivers": [
        {
          "name": "Sam",
          "phone": "(518) 555-0112",
          "email": "sam@example.org",
          "label": "mom",
          "role": "confirm",
          "speak_name": true
        },
        {"name": "Ana", "email": "ana@example.org", "label": "grandma", "zone": "Europe/Madrid"}
      ],
      "medications": [
        {"name": "lisinopril", "strength": "10 mg", "times": ["08:00"]},
        {"name": "metformin", "nickname": "sugar pill", "times": ["08:00", "20:00"], "amount": "2"},
        {"name": "insulin glargine", "form": "insulin", "times": ["22:00"], "amount": "10",
         "criticality": "critical", "given_by": "Sam"}
      ],
      "ladders": [
        {"kind": "critical", "rungs": ["45 Sam", "15 Ana"], "tells_skips": true}
      ]
    }
  ]
}
"""

_CSV = """\
what,patient,name,zone,address,dispatch,phone,email,label,role,speak_name,strength,nickname,form,times,amount,\
criticality,given_by,rungs,tells_skips
patient,,Ada,America/New_York,"12 Elm Street, Albany, New York",518 555 0143,,,,,,,,,,,,,,
caregiver,Ada,Sam,,,,(518) 555-0112,sam@example.org,mom,confirm,yes,,,,,,,,,
caregiver,Ada,Ana,Europe/Madrid,,,,ana@example.org,grandma,,,,,,,,,,,
medication,Ada,lisinopril,,,,,,,,,10 mg,,,08:00,,,,,
medication,Ada,metformin,,,,,,,,,,sugar pill,,08:00 20:00,2,,,,
medication,Ada,insulin glargine,,,,,,,,,,,insulin,22:00,10,critical,Sam,,
ladder,Ada,critical,,,,,,,,,,,,,,,,45 Sam; 15 Ana,yes
"""

EXAMPLES = {FileKind.JSON: _JSON, FileKind.CSV: _CSV}
