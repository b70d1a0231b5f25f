from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "customers" RENAME COLUMN "name" TO "full_name";"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "customers" RENAME COLUMN "full_name" TO "name";"""


MODELS_STATE = (
    "eJztXG1z2jgQ/isMn9qZXgcISbjOzc3QhLbcEcgEeu30ZTyKLcAXW6ay3ITp5b+fJL/JRn"
    "ZscAh2/KUNklaWn5W1z2pX+tU0LQ0a9uu+pmFo2803jV9NBExI/4hXvWo0wWoVVrACAq4N"
    "3ha4jaDb7NomGKiEVsyBYUNapEFbxfqK6BaipcgxDFZoqbShjhZhkYP0Hw5UiLWAZAkxrf"
    "j6nRbrSIN30PZ/rm6UuQ4NLTJcXWPP5uUKWa942Vt9MUTkHW/LHnitqJbhmChsv1qTpYUC"
    "AR0RVrqACGJAIHsCwQ57AzZA7239l3IHGzZxRynIaHAOHIMIb3ythGVNRRlPZsp0MFOUZg"
    "6MVAsxfOlQXX0t2BB++73TOTo67bSOTnrH3dPT416rR9vy8W5Wnd67gwnRcrvimA3fD8cz"
    "NiCLKtFVLyu45zKAAFeKKyNE39CRq/yoAmbwLgH+QCCmAfpqcQ34eKepwC8IdRBOvT0oIQ"
    "XP2eAzR9O07R8GKxj/0786+9C/enHR//yS16y9mtFk/N5vHoI/PhtN3nL4Q7hVy0EErzcB"
    "P1sCLAdcEKkE5E0T3CkGRAuypD87KRrw8e68jAHrVXRYTQxfxyaWCbGSd1WJCT68vJQB6b"
    "2tMGxxn99IFxgf2E11vLMw1Bfob7jmKhnSsQOkQgn8nkU7E7oqmSru/fnml4bGBoPbwCrG"
    "pyHFgL45JO4S0Z+e9c8HTY72NVBvbgHWlAjsrMbqWLGSoO1mldkx4yUAgQUHiL0JG7ePPk"
    "V7YdGFSMI1grpUsqG6rfRDYxvPhWp02t3Tbu/opBt8/0FJ2mf/MIng/+cwaX77YuzZ00Ib"
    "sWYnrQzm7KSVaM9YVdSgrQCGiEjNWeK0jchsZck8BA9l9Sxi/qaYKBevIgyUsAyWC+Gs9i"
    "kytSLWiY6gMf44GqWZJ4EVLHWDep5IQtI8yXd/X0ED8Pd4Rnjf72jBhUmNLc1RicS3uwBo"
    "PbPYvxmn9aXbVenW5pRJzd9MibEY4T0xm3tQC1pEqcvcwlwbN3AtQu19FoGyvGpPdu1Vky"
    "W2nMVSEFRUYR5LKR8tV+KE4z6drVnOiqO1ydXcmnSmxts8IU1T6ZjyOclaNRlFp5vFQe4m"
    "e8jdlw+QtxXEqtT8TU1gGMkkIxSrkrN81Dk9CegF+5HGLKYX/dHIp8chohBptmJJbNs5hU"
    "OOpiASQ5PqDRLdhK/ZH6U1dDL0zvuzgYyYZeEPFtYglti2POxhwvooLaKFU4d0c+JvvcgM"
    "irAtk2JSvFYH5vvXkYZ9RRqgCXQjj00PBKq47d3KslNAWyUb9tbGXsGcPljJuxcTEaog0u"
    "1OFqRpq0SkeV0U6X8tHVHvAEhY07lnr+VoRwTTLD37o4zYYwi0CTLWvlFKhn42vBhMZ/2L"
    "y0iQjZECVtOJBNj80hcnMS0FnTQ+DWcfGuxn48tkzD2mlWWTBeZPDNvNvjTZmIBDLAVZtw"
    "rQhNXYL/VR246bRGLq29MTIX5fskmQyFDET2ifDK6UAGH4U4e3OyJ0xTupEkSPyXLd+SSh"
    "uMFES+a34Xyuye3zI7crA6hbEYKIYE0IDp0QiAu0TbwdmU2qPUCOubG5HtF7ILw/yt1Eri"
    "XIoebmePCJahbefkOX/eH5m8YK6No3NB2MZ28atrf9l5eRZ9nRTN7Q7Ma5OIX6WpZekhJ+"
    "DiS2Av/A9oPijmUmvzLFrdxIqeKxAGkEOjVpLRSqIMoF7crXiWt14tphq6KIxLUrammvhm"
    "ezpmRdKQLdoKNyLSmZoRXX0h1yLhJSvXM73CPaT4Vmcizdam1CJMuayAPTpdtLlUB6dLeb"
    "z6ok19ufcg+430owxYv1wb+63XOFezki32u//FBs+KsUvxyY7PRE3tyGUKpKdKqI1AZVvj"
    "gms1O/fZWA3DGPOrYHnpvxi1JVgnUvS8VGgmRu+KNytQKK8rcCE7ujO1C1oFDcHRA/f/n5"
    "IMksLwDXHbKAS4Js9MtOcGGf5vCV71FICLLgbCTTY9GvKZobU9h+6t43h+EcYsjm0U4E+e"
    "PH4XkOeuw4uvaayWwzOR9myc0/5g5SGTgN/iT2T/fPnFvpRWRM8m3FIzfkIQYz+Ks/EKAS"
    "lJR1E1eUqWBmUPFb5eHsz4FyRKiCMPeywNxLhrm3GZGonZDaCak5cM2BD+6MvM+RZTQtpM"
    "8pNE04tFenET2/7Ur7xslDHbzmlTv01s1CGbrJlKG7QRmIToxcrCwQqCAje5TDBzUpK5KU"
    "AUKfd+0QWcD2r+lknBC3iEjFswl1lTT+axi6XcIbIFLAY3CwnpPv6YpfyfUq6j2zDuL3dC"
    "0wMPPM5qD9/mZzqyRT2YALoK6VvCe6Y2LVyyFrZ7n6rJ1891mbX3621QmVOhOkPn7x1PeT"
    "xG7UiECc+4aSHBfBHBbvTXF4pVeUiC8av6MkcuNL9IaS2BUk8RtKYheYFHFDiZsun+osex"
    "+HxFcOP5tkV1n4Ph8hoOG76kESaJ3vUw4HmgDZocL0dJ9AqEquSBHZPgTeSSLHyXcD++33"
    "eKblCaJwj3MxcJ3/XycEPUMFpARD6tSVQlJXpGlB9eGWPOge8K3MfYh1ddmUkGivJpVEg7"
    "DNwUSbngtTfrTbmH9CbOuyk1XJm22CSBXjHcfHWeIdx8fJ8Q5WF9uhpx9VDoS95hVEt50p"
    "mtROiSa1JdEkCxHppZTJwQ9BZKfIx6GhvY/QR45d5OKN2f3/mWuaZw=="
)
