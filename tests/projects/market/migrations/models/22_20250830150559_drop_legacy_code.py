from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "products" DROP COLUMN "legacy_code";"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """"""


MODELS_STATE = (
    "eJztXW1zmzgQ/isef2pneh2HOImvc3MzbuK2vnPsTOxeO30ZRgHZ5gLCBdHE08t/P0m8CS"
    "wI2NgBwpc2lrQyPLvsPist8q+2YapQt1/3VdWCtt1+0/rVRsCA5I9416tWG6xWYQdtwOBG"
    "Z2OBOwi6w25sbAEFk4450G1ImlRoK5a2wpqJSCtydJ02mgoZqKFF2OQg7YcDZWwuIF5Ci3"
    "R8/U6aNaTCe2j7H1e38lyDuhq5XE2l383aZbxesba32mKI8Ds2ln7hjayYumOgcPxqjZcm"
    "CgQ0hGnrAiJoAQzpN2DLoXdAL9C7W/+m3IsNh7hXycmocA4cHXN3fCOHbW1ZHk9m8nQwk+"
    "V2DowUE1F8yaW6+lrQS/jtd0k6Pj6TOsenvZPu2dlJr9MjY9n1bnadPbgXE6LlTsUwG74f"
    "jmf0gkyiRFe9tOGByQAMXCmmjBB9XUOu8qMKmMH7BPgDgZgGyK3FNeDjnaYCvyHUQWh6B1"
    "BCCp6zwWeGpmHbP3TaMP6nf33+oX/94rL/+SXrWXs9o8n4vT88BH98Ppq8ZfCHcCumg7C1"
    "3gT8fAksMeCcSC0gbxvgXtYhWuAl+SilaMDHW3oZA9brkGhPDF/HxqYBLTmvV4kJPu5eqo"
    "D0wTwMde7zW6GD8YHdVMc704LaAv0N10wlQ3LtAClQAL8X0c65qSqmigff3vzWMNhY4C6I"
    "inEzJBiQO4fYdRH96Xn/YtBmaN8A5fYOWKocgZ32mJIZawnGbnYZkhFvAQgsGED0Tuh1++"
    "gTtBcmcUQCrhH0pZINxR2llY1tPBeqIR11z7q949Nu8PwHLWmP/eMkgv2fI6T544uJZ08L"
    "bSSanXYyhLPTTmI8o13RgLYCFkRYGM4SzTYis1Uk8xAsi/cswn5TQpSLVxEBinOD1UI4a3"
    "yKmFYkOpEraI0/jkZp4YljBUtNJ5knEpA0T/Ld39dQB+w+nhHeDztGcM6oLVN1FCzI7S4B"
    "Ws9M+m9Gs75yp6qcb04xanZncozFcPdpUduDajAiSl3mpsW0cQvXPNTeYxEoy+v2ZNdeN1"
    "5aprNYcoKywtmxkPKRdjlOOB7S2ZrprBham1zN7UlnamzME9I0hVxTviRZrSejkLpZEuRu"
    "cobcffkIeVtBSxGGv6kBdD2ZZIRidUqWj6Wz04Be0A9pzGJ62R+NfHocIgqRasumILZdED"
    "jEaHIiMTSJ3iDWDPia/lHZQCdC76I/G4iIWRb+YFoqtASxLQ97mNA5Koto4dQhPZz4Sy+i"
    "gMIty6SEFG9UyXL/ZqfhUDsN0ACaniemBwJ1XPbuZFkpIKOSA3tnY61gTr5YzrsWExGqId"
    "JHUhakyahEpFlfFOl/TQ2R7AAIWNOFF6/FaEcE0yI9/aOK2FsQqBOkr/2glAz9bHg5mM76"
    "l1eRTTZKCmiPFNlg81tfnMa0FEzS+jScfWjRj60vkzHLmFamjRcW+8Zw3OxLm14TcLApI/"
    "NOBirnjf1WH7XtuElkT317esLt31fMCBIZCv8IHZLBVRIgC/7U4N2OCF2zSeoE0T5ZrmtP"
    "AoobGFoyvw3tuSG3z4/crnSgbEUIIoINISg7IeAdtI29FZlNqj1AjrGxuB7ReyB8OMrdRm"
    "4kyKHm9njwiWgW3n1DV/3hxZvWCmjqNzQdjGdvWra3/JeXkWdZ0Uxe0OzGuTiB+kZUXpKy"
    "/RxIbAV+ydaD4ollprwyJa3cKKliewHCHejUorVQqIYoF7Qq3xSuNYVr5VZFEYVr1yTSXg"
    "/PZ22BXykC3WCiarmUzNDyvnSHmouEUu/cCfeIzFMjS46VW60NiERVE3lgunJnqRNIe0+7"
    "mVUlpd6+yT2SfsuBiRebg391p2cK92pEvjd5eVli+KuUvBwY9O2JvLUNoVSd6FQRpQ2K2D"
    "kms1N/fJ2A3LGOOrYGnpvx81J1gvUgrmKjQDI3/FG5RgFF5VtBiN0xHajbplA8HeAff/H7"
    "QQIrLwDXHaqAK4Js9MlOSGGf5uUrP6MQEGQu2Uimx3xeUzQ3JrD91LxnzoJzaEFqRzsR5I"
    "8fhxc56LHjaOprKrONcT7Oktt/zB2kUHBa7JvoP90/cy6lF1ExyZYVj90tD34zg936IxtU"
    "nJKyLuLyMjWsDCp+qTy0/hwoR4RqCHMvC8y9ZJh7mzsSTRLSJCENB244cOnekfc5soimhf"
    "Q5haZxL+01ZUTPb7nSvnXyUAdveO1eeutmoQzdZMrQ3aAMWMN6LlYWCNSQke3l5YOGlBVJ"
    "ygAm33fjYNGG7V/TyThh3yIiFa8m1BTc+q+la3YFT4BIAY/CQWdOPqcrfiTXq2j2TCeIn9"
    "O1sICRx5qD8Yez5k6JTXmr9yaa+oTmpYACILKxqdzuBtDUn6Iu+OyY83BRPnoORgTh3OeK"
    "5Di+pVxsNSVNFR4swt9o/GSRyDkt0XNFYgeHxM8ViR07UsS5Im6Re2qK6zkPQYYbupXkBJ"
    "fzX3vYhvAT7KB0s6nSqUbai4HoVcD0Ip1AqE4JRBE1OhjeC/Z7k0/09ccf8E2UJ9g7289x"
    "vk3VflPG8wwVkLKF0RScFFJwIizmaV5JyYNuic9SdhNMAYcOMs9kCh3kt0UTaHJbcGk6tm"
    "s1TZ172ZxuGoNOqnMvVYl7mVcsG0rx5NYdKiDwRPnOvY6L1UkD+zr7OuL0d+QUn/i5KgZz"
    "VlIRt7GmAvvQhPhpGFto2wLWFjH8ZOYW2E7J6nueC0fb2+9fKBrO95NO3vga1pYU8wsYW+"
    "0fNxt/h31tuw8tTVmK/KHXk+oMQTimcYR1cYQ/oWVrokM9kn0hJ1JDdyidnGQptTs5SS61"
    "o32x4jDyUOVA2BteQ3SPMhUyHqUUMh4JChlNhIW/h5Bcd8eJ7FR0Vza0D1F1lyPUFx/MHv"
    "4HcQhBuQ=="
)
